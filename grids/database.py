"""What Django's models cannot say, as migration operations: taking stock of the ground after a mass import."""

from django.db.migrations import RunSQL

# Only a table's owner may ANALYZE it; until somebody does, the planner takes tables full of new rows for empty ones.
TAKE_STOCK = RunSQL(
    """
    CREATE FUNCTION grids_take_stock() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        ANALYZE public.grids_area, public.grids_boundaryversion, public.grids_building, public.grids_place,
            public.grids_asset, public.grids_way;
    END $$;
    REVOKE ALL ON FUNCTION grids_take_stock() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION grids_take_stock() TO gridgov_app;
    """,
    "DROP FUNCTION grids_take_stock();",
)
