#!/bin/bash
# Runs once, when the database's volume is empty: extensions and the three roles (DECISIONS.md, "Three database roles").
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
  -v owner="$GRIDGOV_OWNER_PASSWORD" -v app="$GRIDGOV_APP_PASSWORD" -v checker="$GRIDGOV_CHECKER_PASSWORD" <<'SQL'
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE ROLE gridgov_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE gridgov_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app';
CREATE ROLE gridgov_checker LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'checker';
ALTER DATABASE gridgov OWNER TO gridgov_owner;
SELECT CASE WHEN cardinality(show_trgm('网格')) = 0 THEN 1 / 0 END AS chinese_can_be_searched;
SQL
