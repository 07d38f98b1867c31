"""Role × URL: who gets what from every address of the site. A literal table, grouped by room.

A line: "url name": Line(rule, args). Rules say what a GET answers to each sort of reader:

    PUBLIC      anybody, signed in or not, gets an answer (200, 204, 302, 404, 405 …)
    SIGNED_IN   whoever is signed in; nobody else (302 to sign-in, or 401/403 from the API)
    POST_ONLY   whoever is signed in, but a GET is 405: the right is asked in the action and its own tests
    a set       these people of the cast get 200 (or a redirect); everyone else signed in gets 403 or 404

`args` names what fills the address: "grid", "worker" … are looked up in the cast by test_url_matrix.py (see ARGS).
A new address without a line here fails the test, which prints the line to add.
"""

from dataclasses import dataclass, field

from tests.cast import ROLE_NAMES

PUBLIC, SIGNED_IN, POST_ONLY = "public", "signed in", "post only"
EVERYONE = frozenset(ROLE_NAMES) - {"outsider"}
ADMINISTRATORS = frozenset({"system_admin", "security_admin", "audit_admin", "office_admin"})
AREA_READERS = EVERYONE - {"system_admin", "audit_admin"}
FIELD = frozenset({"worker", "lead"})
DESKS = frozenset({"desk", "office", "officer"})


@dataclass(frozen=True)
class Line:
    """One address: who may read it, what fills its placeholders, and the question it does not answer without."""

    rule: str | frozenset[str]
    args: dict[str, str] = field(default_factory=dict)
    query: str = ""


# ── gridgov ─────────────────────────────────────────────────────────────────────────────────────────────
GRIDGOV = {
    "health:healthz": Line(PUBLIC),
    "health:metrics": Line(PUBLIC),
    "preferences:text_size": Line(PUBLIC),
    "preferences:elder_mode": Line(PUBLIC),
    "preferences:language": Line(PUBLIC),
    "account_login": Line(PUBLIC),
    "account_logout": Line(PUBLIC),
    "account_reauthenticate": Line(SIGNED_IN),
    "account_change_password": Line(SIGNED_IN),
    "usersessions_list": Line(SIGNED_IN),
    "mfa_index": Line(SIGNED_IN),
    "mfa_authenticate": Line(PUBLIC),
    "mfa_reauthenticate": Line(frozenset()),
    "mfa_activate_totp": Line(SIGNED_IN),
    "mfa_deactivate_totp": Line(SIGNED_IN),
    "mfa_view_recovery_codes": Line(SIGNED_IN),
    "mfa_generate_recovery_codes": Line(SIGNED_IN),
    "mfa_download_recovery_codes": Line(SIGNED_IN),
    "accounts:profile": Line(SIGNED_IN),
    "accounts:me": Line(SIGNED_IN),
    "accounts:end_session": Line(POST_ONLY, {"session_id": "number"}),
    "accounts:end_other_sessions": Line(POST_ONLY),
    "accounts:choose_pin": Line(SIGNED_IN),
    "accounts:remove_pin": Line(POST_ONLY),
    "accounts:unlock": Line(SIGNED_IN),
    "accounts:set_password": Line(PUBLIC),
    "accounts:linked": Line(SIGNED_IN),
    "accounts:link_platform": Line(SIGNED_IN, {"platform": "word"}),
    "accounts:unlink_platform": Line(POST_ONLY, {"platform": "word"}),
    "accounts:platform_sign_in": Line(PUBLIC, {"platform": "word"}),
    "accounts:platform_back": Line(PUBLIC, {"platform": "word"}),
    "accounts:demo_sign_in": Line(PUBLIC),
    "notices:inbox": Line(SIGNED_IN),
    "notices:bell": Line(SIGNED_IN),
    "notices:read_all": Line(POST_ONLY),
    "notices:settings": Line(SIGNED_IN),
    "notices:settings_phone": Line(SIGNED_IN),
    "notices:mailbox": Line(POST_ONLY),
    "notices:confirm_mailbox": Line(POST_ONLY),
    "notices:remove_mailbox": Line(POST_ONLY),
    "notices:add_device": Line(POST_ONLY),
    "notices:remove_device": Line(POST_ONLY, {"id": "uuid"}),
    "notices:open": Line(POST_ONLY, {"id": "uuid"}),
    "notices:read": Line(POST_ONLY, {"id": "uuid"}),
    "notices:unread": Line(POST_ONLY, {"id": "uuid"}),
    "sync:attachment": Line(frozenset(), {"id": "uuid", "size": "word"}),
    "sync_api:session": Line(SIGNED_IN),
    "sync_api:key": Line(POST_ONLY),
    "sync_api:envelope": Line(SIGNED_IN, {"envelope_id": "uuid"}),
    "sync_api:photo": Line(SIGNED_IN, {"envelope_id": "uuid", "sha256": "word"}),
    "api:schema": Line(SIGNED_IN),
    "api:docs": Line(SIGNED_IN),
    "api:areas": Line(SIGNED_IN),
    "api:area": Line(AREA_READERS - {"neighbour", "far_worker", "autumn_desk", "other_office"}, {"pk": "grid"}),
    "api:locate": Line(AREA_READERS, query="?lon=114.4&lat=30.5"),
    "api:places": Line(SIGNED_IN),
    "api:place": Line(AREA_READERS - {"neighbour", "far_worker", "autumn_desk", "other_office"}, {"pk": "place"}),
    "api:assets": Line(SIGNED_IN),
    "api:asset": Line(AREA_READERS - {"neighbour", "far_worker", "autumn_desk", "other_office"}, {"pk": "asset"}),
    "api:categories": Line(SIGNED_IN),
    "api:incidents": Line(SIGNED_IN),
    "api:deadlines": Line(SIGNED_IN, {"pk": "uuid"}),
    "api:incident": Line(SIGNED_IN, {"pk": "uuid"}),
    "api:ask": Line(POST_ONLY, {"pk": "uuid"}),
    "api:answer": Line(POST_ONLY, {"pk": "uuid", "request_id": "uuid"}),
    "api:take_back": Line(POST_ONLY, {"pk": "uuid", "request_id": "uuid"}),
    "api:run_on": Line(POST_ONLY, {"pk": "uuid"}),
    "api:move": Line(POST_ONLY, {"pk": "uuid", "move": "step"}),
    "api:notices": Line(SIGNED_IN),
    "api:read_notice": Line(POST_ONLY, {"pk": "uuid"}),
    "logs:operations": Line(frozenset({"audit_admin"})),
    "logs:sign_ins": Line(frozenset({"audit_admin"})),
    "logs:export": Line(POST_ONLY, {"which": "log"}),
    "operation:status": Line(frozenset({"system_admin"})),
    "operation:alarm": Line(SIGNED_IN),
    "operation:check": Line(POST_ONLY),
    "operation:retry": Line(POST_ONLY, {"clock_id": "uuid"}),
    "logs:online": Line(frozenset({"system_admin"})),
    "deliveries:log": Line(frozenset({"office", "other_office", "system_admin"})),
    "deliveries:ways": Line(frozenset({"system_admin"})),
    "deliveries:try_out": Line(POST_ONLY, {"channel": "word"}),
    "deliveries:find": Line(POST_ONLY),
    "deliveries:resend_failed": Line(POST_ONLY),
    "deliveries:cancel_waiting": Line(POST_ONLY),
    "deliveries:resend": Line(POST_ONLY, {"id": "uuid"}),
    "deliveries:cancel": Line(POST_ONLY, {"id": "uuid"}),
    "setup": Line(ADMINISTRATORS),
}

# ── grids ───────────────────────────────────────────────────────────────────────────────────────────────
SEES_AREAS = EVERYONE - {"system_admin", "audit_admin"}
OF_STREET = SEES_AREAS - {"other_office"}
GROUND = {"area_id": "grid"}
HOUSE = {"building_id": "building"}
EDITS = frozenset({"office_admin"})
# who sees the worker's grid: its own people, everyone above it, and those whose post is on the whole street
SEES_GRID = OF_STREET - {"neighbour", "far_worker", "autumn_desk"}
IMPORTERS = frozenset({"office_admin", "security_admin", "desk", "autumn_desk", "office", "officer", "other_office"})
# whose post is on the street or above it
STREET_SEEN = frozenset(
    {"office", "leader", "section_head", "officer", "unit_staff", "unit_head", "other_unit_staff"}
) | {"security_admin", "office_admin"}
PLANS = frozenset({"office_admin", "leader"})  # who drafts, and who approves
# who keeps the lists of places and city assets, and who keeps those of the worker's grid
KEEPERS = FIELD | DESKS | {"neighbour", "far_worker", "autumn_desk", "other_office", "office_admin"}
KEEPS_HERE = FIELD | DESKS | {"office_admin"}
SHOP, LAMP = {"pk": "place"}, {"pk": "asset"}
GRIDS: dict[str, Line] = {
    "places:list": Line(SEES_AREAS),
    "places:add": Line(KEEPERS),
    "places:export": Line(POST_ONLY, {"form": "word"}),
    "places:place": Line(SEES_GRID, SHOP),
    "places:edit": Line(KEEPS_HERE, SHOP),
    "places:close": Line(KEEPS_HERE, SHOP),
    "places:reopen": Line(POST_ONLY, SHOP),
    "places:reveal": Line(FIELD | DESKS, SHOP),
    "assets:list": Line(SEES_AREAS),
    "assets:add": Line(KEEPERS),
    "assets:export": Line(POST_ONLY, {"form": "word"}),
    "assets:posters": Line(KEEPERS),
    "assets:by_code": Line(SEES_GRID, {"code": "asset_code"}),
    "assets:asset": Line(SEES_GRID, LAMP),
    "assets:edit": Line(KEEPS_HERE, LAMP),
    "assets:close": Line(KEEPS_HERE, LAMP),
    "assets:reopen": Line(POST_ONLY, LAMP),
    "imports:list": Line(IMPORTERS | FIELD | {"neighbour", "far_worker"}),
    "imports:template": Line(frozenset({"office_admin"}), {"kind": "kind"}),
    "imports:batch": Line(frozenset(), {"pk": "uuid"}),
    "imports:apply": Line(POST_ONLY, {"pk": "uuid"}),
    "imports:sample": Line(frozenset({"office_admin"}), {"kind": "map_kind"}),
    "imports:abandon": Line(POST_ONLY, {"pk": "uuid"}),
    "imports:undo": Line(POST_ONLY, {"pk": "uuid"}),
    "plans:list": Line(PLANS),
    "plans:new": Line(frozenset({"office_admin"})),
    "plans:plan": Line(frozenset(), {"plan_id": "uuid"}),
    "plans:editor": Line(frozenset(), {"plan_id": "uuid"}),
    "plans:document": Line(frozenset(), {"plan_id": "uuid"}),
    "plans:limits": Line(frozenset({"office_admin"})),
    "plans:forget_limits": Line(POST_ONLY, {"area_id": "street", "kind": "word"}),
    "plans:standard": Line(STREET_SEEN, {"area_id": "street"}),
    "plans:print_standard": Line(STREET_SEEN, {"area_id": "street"}),
    "plans:draft_merge": Line(POST_ONLY, {"area_id": "grid", "other_id": "grid"}),
    "plans:draft_border": Line(POST_ONLY, {"area_id": "grid", "other_id": "grid"}),
    "plans:hold_review": Line(frozenset({"office_admin"}), {"area_id": "street"}),
    "plans:withdraw_review": Line(POST_ONLY, {"review_id": "uuid"}),
    "plans:restore_review": Line(POST_ONLY, {"review_id": "uuid"}),
    "plans:finish_decision": Line(POST_ONLY, {"decision_id": "uuid"}),
    "plans:reopen_decision": Line(POST_ONLY, {"decision_id": "uuid"}),
    "plans:propose": Line(frozenset({"office_admin"}), {"area_id": "street"}),
    "plans:proposal": Line(frozenset(), {"proposal_id": "uuid"}),
    "plans:take_proposal": Line(POST_ONLY, {"proposal_id": "uuid", "nth": "one"}),
    "plans:days": Line(SEES_GRID, {"area_id": "grid"}),
    "plans:compare": Line(frozenset(), {"plan_id": "uuid"}),
    "plans:export": Line(frozenset(), {"plan_id": "uuid"}),
    "plans:submit": Line(POST_ONLY, {"plan_id": "uuid"}),
    "plans:approve": Line(POST_ONLY, {"plan_id": "uuid"}),
    "plans:send_back": Line(POST_ONLY, {"plan_id": "uuid"}),
    "plans:withdraw": Line(POST_ONLY, {"plan_id": "uuid"}),
    "plans:take_up": Line(POST_ONLY, {"plan_id": "uuid"}),
    "plans:take_effect": Line(POST_ONLY, {"plan_id": "uuid"}),
    "plans:publish": Line(POST_ONLY, {"plan_id": "uuid"}),
    "plans:revert": Line(POST_ONLY, {"plan_id": "uuid"}),
    "plans:rebase": Line(POST_ONLY, {"plan_id": "uuid"}),
    "plans:describe": Line(POST_ONLY, {"plan_id": "uuid"}),
    "plans:restore": Line(POST_ONLY, {"plan_id": "uuid", "revision": "one"}),
    "plans:confirm": Line(POST_ONLY, {"plan_id": "uuid", "row_id": "uuid"}),
    "plans:image": Line(frozenset(), {"plan_id": "uuid"}),
    "plans:image_file": Line(frozenset(), {"plan_id": "uuid", "nth": "one"}),
    "plans:add_image": Line(POST_ONLY, {"plan_id": "uuid"}),
    "plans:fix_image": Line(POST_ONLY, {"plan_id": "uuid"}),
    "plans:unfix_image": Line(POST_ONLY, {"plan_id": "uuid"}),
    "plans:remove_image": Line(POST_ONLY, {"plan_id": "uuid"}),
    "plans:restore_image": Line(POST_ONLY, {"plan_id": "uuid", "nth": "one"}),
    "plans:check": Line(POST_ONLY, {"plan_id": "uuid"}),
    "plans:fix": Line(POST_ONLY, {"plan_id": "uuid"}),
    "grids:tree": Line(SEES_AREAS),
    "grids:geojson": Line(SEES_AREAS),
    "grids:map": Line(SEES_AREAS),
    "grids:basemap": Line(SEES_AREAS),
    "grids:basemap_file": Line(frozenset()),
    "grids:layer": Line(SEES_AREAS, {"key": "layer"}),
    "grids:tile": Line(SEES_AREAS, {"layer": "level", "z": "one", "x": "one", "y": "one"}),
    "grids:locate": Line(SEES_AREAS),
    "grids:area": Line(SEES_GRID, GROUND),
    "grids:branch": Line(SEES_GRID, GROUND),
    "grids:building": Line(SEES_GRID, HOUSE),
    "grids:print_map": Line(SEES_GRID, GROUND),
    "grids:export": Line(PLANS, GROUND),
    "grids:edit_area": Line(EDITS, GROUND),
    "grids:add_area": Line(EDITS, GROUND),
    "grids:move_area": Line(EDITS, GROUND),
    "grids:add_building": Line(EDITS, GROUND),
    "grids:edit_building": Line(EDITS, HOUSE),
    "grids:move_building": Line(EDITS, HOUSE),
    "grids:retire_area": Line(POST_ONLY, GROUND),
    "grids:reopen_area": Line(POST_ONLY, GROUND),
    "grids:retire_building": Line(POST_ONLY, HOUSE),
    "grids:reopen_building": Line(POST_ONLY, HOUSE),
}

# ── teams ───────────────────────────────────────────────────────────────────────────────────────────────
PLANNERS = frozenset({"lead", "desk", "office"})  # who plans the patrols of the worker's grid
WALKERS = frozenset({"worker", "lead"})
ROUTE = {"route_id": "route"}
BOOK = EVERYONE - {"part_time", "building_head", "system_admin", "audit_admin"}
SECURITY = frozenset({"security_admin"})
UNIT_EDITORS = frozenset({"security_admin", "office_admin"})
PERSON = {"public_id": "worker"}
DUTY_READERS = EVERYONE - {"system_admin", "audit_admin"}
PLANS_DUTY = frozenset({"office", "other_office"})
KEEPS_LOG = frozenset({"office", "officer", "leader", "other_office"})
TEAMS = {
    "patrols:routes": Line(PLANNERS | {"autumn_desk", "other_office"}),
    "patrols:create_route": Line(PLANNERS | {"autumn_desk", "other_office"}),
    "patrols:list": Line(PLANNERS | {"autumn_desk", "other_office"}),
    "patrols:coverage": Line(PLANNERS | {"autumn_desk", "other_office"}),
    "patrols:route": Line(PLANNERS, ROUTE),
    "patrols:edit_route": Line(PLANNERS, ROUTE),
    "patrols:posters": Line(PLANNERS, ROUTE),
    "patrols:create_plan": Line(PLANNERS, ROUTE),
    "patrols:edit_plan": Line(PLANNERS, {"plan_id": "patrol_plan"}),
    "patrols:retire_route": Line(POST_ONLY, ROUTE),
    "patrols:reopen_route": Line(POST_ONLY, ROUTE),
    "patrols:end_plan": Line(POST_ONLY, {"plan_id": "patrol_plan"}),
    "patrols:resume_plan": Line(POST_ONLY, {"plan_id": "patrol_plan"}),
    "patrols:patrol": Line(frozenset(), {"pk": "uuid"}),
    "patrols:look": Line(POST_ONLY, {"pk": "uuid"}),
    "walks:home": Line(WALKERS | {"neighbour", "far_worker"}),
    "walks:import": Line(WALKERS | {"neighbour", "far_worker"}),
    "walks:walk": Line(WALKERS, ROUTE),
    "walks:checkpoint": Line(WALKERS, {"checkpoint_id": "checkpoint"}),
    "walks:patrol": Line(frozenset(), {"pk": "uuid"}),
    "walks:track": Line(frozenset(), {"pk": "uuid"}),
    "walks:hand_in": Line(POST_ONLY, {"pk": "uuid"}),
    "teams:book": Line(BOOK),
    "teams:roles": Line(BOOK),
    "teams:board": Line(SEES_GRID, GROUND),
    "teams:board_pdf": Line(SEES_GRID, GROUND),
    "teams:edit_board": Line(EDITS, GROUND),
    "teams:own_face": Line(SIGNED_IN),
    "teams:hide_face": Line(POST_ONLY),
    "teams:units": Line(BOOK),
    "teams:robots": Line(UNIT_EDITORS, {"unit_id": "enforcement_unit"}),
    "teams:retire_robot": Line(POST_ONLY, {"id": "uuid"}),
    "teams:reopen_robot": Line(POST_ONLY, {"id": "uuid"}),
    "teams:try_robot": Line(POST_ONLY, {"id": "uuid"}),
    "teams:unit": Line(BOOK - {"other_office"}, {"unit_id": "enforcement_unit"}),
    # address books reach as far as the areas of one's posts
    "teams:person": Line(
        frozenset({"worker", "lead", "adviser", "desk", "office", "leader", "officer"})
        | {
            "specialist",
            "section_head",
            "unit_staff",
            "unit_head",
            "other_unit_staff",
            "security_admin",
            "office_admin",
        },
        PERSON,
    ),
    "teams:call": Line(POST_ONLY, PERSON),
    "teams:create_person": Line(SECURITY),
    "teams:sign_ins": Line(SECURITY),
    "teams:edit_person": Line(SECURITY, PERSON),
    "teams:appoint": Line(SECURITY, PERSON),
    "teams:hand_over": Line(SECURITY, PERSON),
    "teams:grant_exception": Line(SECURITY, PERSON),
    "teams:reset_password": Line(POST_ONLY, PERSON),
    "teams:disable_person": Line(POST_ONLY, PERSON),
    "teams:unlink_account": Line(POST_ONLY, PERSON | {"platform": "word"}),
    "teams:enable_person": Line(POST_ONLY, PERSON),
    "teams:my_leave": Line(SIGNED_IN),
    "teams:cancel_leave": Line(POST_ONLY, {"leave_id": "number"}),
    "teams:enter_leave": Line(frozenset({"worker", "security_admin"}), PERSON),
    "teams:end_post": Line(SECURITY, {"post_id": "worker_post"}),
    "teams:withdraw_post": Line(POST_ONLY, {"post_id": "worker_post"}),
    "teams:revoke_exception": Line(POST_ONLY, {"grant_id": "number"}),
    "teams:create_unit": Line(UNIT_EDITORS),
    "teams:edit_unit": Line(UNIT_EDITORS, {"unit_id": "enforcement_unit"}),
    "teams:retire_unit": Line(POST_ONLY, {"unit_id": "enforcement_unit"}),
    "teams:reopen_unit": Line(POST_ONLY, {"unit_id": "enforcement_unit"}),
    "teams:tasks": Line(EVERYONE - {"system_admin", "audit_admin"}),
    "teams:decide_task": Line(frozenset({"leader"})),
    "teams:change_task": Line(frozenset(), {"task_id": "number"}),
    "teams:roster": Line(DUTY_READERS),
    "teams:duty_now": Line(SIGNED_IN),
    "teams:duty_board": Line(frozenset()),
    "teams:roster_sheet": Line(DUTY_READERS),
    "teams:roster_xlsx": Line(DUTY_READERS),
    "teams:publish_roster": Line(POST_ONLY),
    "teams:withdraw_roster": Line(POST_ONLY),
    "teams:copy_week": Line(PLANS_DUTY),
    "teams:rotate": Line(PLANS_DUTY),
    "teams:swap_turns": Line(frozenset(), {"turn_id": "number"}),
    "teams:shifts": Line(PLANS_DUTY),
    "teams:edit_shift": Line(frozenset(), {"shift_id": "number"}),
    "teams:retire_shift": Line(POST_ONLY, {"shift_id": "number"}),
    "teams:reopen_shift": Line(POST_ONLY, {"shift_id": "number"}),
    "teams:plan_turn": Line(frozenset(), {"shift_id": "number", "on": "date"}),
    "teams:duty_log": Line(KEEPS_LOG),
    "teams:correct_entry": Line(frozenset(), {"pk": "uuid"}),
    "teams:settle_entry": Line(frozenset(), {"pk": "uuid"}),
    "teams:hand_overs": Line(KEEPS_LOG),
    "teams:hand_over_shift": Line(KEEPS_LOG),
    "teams:hand_over_sheet": Line(frozenset(), {"pk": "uuid"}),
    "teams:accept_hand_over": Line(POST_ONLY, {"pk": "uuid"}),
    "teams:refuse_hand_over": Line(frozenset(), {"pk": "uuid"}),
    "teams:withdraw_hand_over": Line(POST_ONLY, {"pk": "uuid"}),
}

# ── residents: grid workers and desks of the place, nobody else ─────────────────────────────────────────
READERS = FIELD | DESKS
ALL_READERS = READERS | {"neighbour", "far_worker", "autumn_desk", "other_office"}
WRITERS = FIELD | {"desk"}
REVEALERS = FIELD | {"desk", "office"}
RESIDENT = {"resident_id": "resident"}
RESIDENTS = {
    "residents:home": Line(ALL_READERS),
    "residents:search": Line(POST_ONLY),
    "residents:grid": Line(READERS, {"area_id": "grid"}),
    "residents:building": Line(READERS, {"building_id": "building"}),
    "residents:add": Line(WRITERS, {"building_id": "building"}),
    "residents:add_dwellings": Line(WRITERS, {"building_id": "building"}),
    "residents:correct_dwelling": Line(WRITERS, {"dwelling_id": "dwelling"}),
    "residents:remove_dwelling": Line(POST_ONLY, {"dwelling_id": "dwelling"}),
    "residents:dwelling": Line(READERS, {"dwelling_id": "dwelling"}),
    "residents:resident": Line(READERS, RESIDENT),
    "residents:reveal": Line(REVEALERS, RESIDENT | {"field": "phone"}),
    "residents:correct": Line(WRITERS, RESIDENT),
    "residents:move": Line(WRITERS, RESIDENT),
    "residents:leave": Line(WRITERS, RESIDENT),
    "residents:come_back": Line(POST_ONLY, RESIDENT),
    "residents:remove": Line(POST_ONLY, RESIDENT),
    "residents:restore": Line(POST_ONLY, RESIDENT),
}

# ── incidents ───────────────────────────────────────────────────────────────────────────────────────────
CASE = {"pk": "incident"}
SEES_INCIDENTS = EVERYONE - ADMINISTRATORS
REPORTERS = SEES_INCIDENTS - {"unit_staff", "unit_head", "other_unit_staff"}
# the case lies in the worker's grid, was reported by the worker and is with the community's desk
SEES_CASE = frozenset({"worker", "lead", "adviser", "desk", "office", "leader", "officer"})
SUPERVISORS = frozenset({"office", "leader", "other_office"})
EDITS_CATALOGUE = frozenset({"office_admin"})
CALENDARS = frozenset({"office_admin"})
BOARD_READERS = frozenset(
    {"lead", "adviser", "desk", "autumn_desk", "office", "officer", "leader", "section_head", "office_admin"}
) | {"other_office"}
PLANS_CAMPAIGNS = frozenset({"desk", "autumn_desk", "office", "other_office"})
OFFICE_TIME = {"code": "calendar"}
INCIDENTS: dict[str, Line] = {
    "incidents:list": Line(SEES_INCIDENTS),
    "incidents:points": Line(SEES_INCIDENTS),
    "incidents:patrol_findings": Line(SEES_INCIDENTS, {"key": "uuid"}),
    "incidents:find": Line(POST_ONLY),
    "incidents:save_view": Line(SEES_INCIDENTS),
    "incidents:edit_view": Line(frozenset(), {"pk": "number"}),
    "incidents:delete_view": Line(POST_ONLY, {"pk": "number"}),
    "incidents:restore_view": Line(POST_ONLY, {"pk": "number"}),
    "incidents:bulk_outcome": Line(SEES_INCIDENTS),
    "incidents:bulk": Line(POST_ONLY, {"name": "move"}),
    "incidents:export": Line(POST_ONLY, {"form": "word"}),
    "incidents:report": Line(REPORTERS),
    "incidents:buildings": Line(REPORTERS),
    "incidents:things": Line(REPORTERS),
    "incidents:about_asset": Line(PUBLIC, {"code": "asset_code"}),
    "incidents:supervision": Line(SUPERVISORS),
    "incidents:supervisions": Line(SUPERVISORS),
    "incidents:unit_sums": Line(SUPERVISORS),
    "incidents:waits": Line(SUPERVISORS),
    "incidents:referrals": Line(SUPERVISORS),
    "incidents:supervision_sheet": Line(frozenset(), {"pk": "uuid"}),
    "incidents:supervision_pdf": Line(frozenset(), {"pk": "uuid"}),
    "incidents:supervise": Line(SUPERVISORS - {"other_office"}, CASE),
    "incidents:refer": Line(frozenset({"leader"}), CASE),
    "incidents:answer_supervision": Line(frozenset(), {"pk": "uuid"}),
    "incidents:lift_supervision": Line(frozenset(), {"pk": "uuid"}),
    "incidents:answer": Line(frozenset(), {"pk": "uuid"}),
    "incidents:take_back": Line(POST_ONLY, {"pk": "uuid"}),
    "incidents:catalogue": Line(SEES_AREAS),
    "incidents:load_catalogue": Line(POST_ONLY),
    "incidents:create_category": Line(EDITS_CATALOGUE),
    "incidents:edit_category": Line(EDITS_CATALOGUE, {"code": "category"}),
    "incidents:campaigns": Line(BOARD_READERS),
    "incidents:create_campaign": Line(PLANS_CAMPAIGNS),
    "incidents:campaign_objects": Line(PLANS_CAMPAIGNS),
    "incidents:burden": Line(BOARD_READERS),
    "incidents:burden_xlsx": Line(POST_ONLY),
    "incidents:campaign": Line(frozenset(), {"pk": "uuid"}),
    "incidents:edit_campaign": Line(frozenset(), {"pk": "uuid"}),
    "incidents:publish_campaign": Line(POST_ONLY, {"pk": "uuid"}),
    "incidents:withdraw_campaign": Line(POST_ONLY, {"pk": "uuid"}),
    "incidents:end_campaign": Line(POST_ONLY, {"pk": "uuid"}),
    "incidents:reopen_campaign": Line(POST_ONLY, {"pk": "uuid"}),
    "incidents:discard_campaign": Line(POST_ONLY, {"pk": "uuid"}),
    "incidents:field_campaign": Line(frozenset(), {"pk": "uuid"}),
    "incidents:campaigns_along": Line(REPORTERS),
    "incidents:objects_along": Line(frozenset(), {"pk": "uuid", "nth": "number"}),
    "incidents:field_check": Line(frozenset(), {"pk": "uuid", "target_id": "uuid"}),
    "incidents:add_duty": Line(EDITS_CATALOGUE, {"code": "category"}),
    "incidents:remove_duty": Line(POST_ONLY, {"duty_id": "number"}),
    "incidents:detail": Line(SEES_CASE, CASE),
    "incidents:sheet": Line(SEES_CASE, CASE),
    "incidents:deadline": Line(SEES_CASE, CASE),
    "incidents:background": Line(SEES_CASE, CASE),
    "incidents:comment": Line(POST_ONLY, CASE),
    "incidents:reveal": Line(frozenset({"desk", "office", "officer"}), CASE | {"field": "caller_phone"}),
    "incidents:run_on": Line(SEES_CASE, CASE),
    "incidents:ask": Line(SEES_CASE, CASE | {"kind": "ask"}),
    "incidents:move": Line(SEES_CASE, CASE | {"name": "move"}),
    "incidents:field_report": Line(REPORTERS),
    "incidents:field_form": Line(REPORTERS, {"code": "category"}),
    "incidents:my_reports": Line(REPORTERS),
    "incidents:field_case": Line(SEES_CASE, CASE),
    "dictionaries:list": Line(CALENDARS),
    "dictionaries:labels": Line(CALENDARS, {"group": "label_group"}),
    "dictionaries:reset": Line(POST_ONLY, {"group": "label_group"}),
    "limits:list": Line(EDITS_CATALOGUE),
    "limits:line": Line(EDITS_CATALOGUE, {"scope": "ordinary"}),
    "limits:street": Line(EDITS_CATALOGUE, {"street": "street"}),
    "limits:street_line": Line(EDITS_CATALOGUE, {"street": "street", "scope": "ordinary"}),
    "limits:inherit": Line(EDITS_CATALOGUE, {"street": "street", "scope": "ordinary"}),
    "limits:units": Line(EDITS_CATALOGUE),
    "limits:quiet": Line(EDITS_CATALOGUE),
    "limits:versions": Line(EDITS_CATALOGUE),
    "limits:restore": Line(frozenset(), {"number": "one"}),
    "limits:save": Line(POST_ONLY),
    "limits:ladders": Line(EDITS_CATALOGUE),
    "limits:create_ladder": Line(POST_ONLY),
    "limits:ladder": Line(EDITS_CATALOGUE, {"code": "standard"}),
    "calendars:create": Line(POST_ONLY),
    "calendars:list": Line(CALENDARS),
    "calendars:year": Line(CALENDARS, OFFICE_TIME | {"year": "year"}),
    "calendars:arrangement": Line(CALENDARS, OFFICE_TIME | {"year": "year"}),
    "calendars:hours": Line(CALENDARS, OFFICE_TIME),
    "calendars:day": Line(CALENDARS, OFFICE_TIME | {"iso": "date"}),
    "calendars:versions": Line(CALENDARS, OFFICE_TIME),
    "calendars:restore": Line(CALENDARS, OFFICE_TIME | {"number": "one"}),
    "calendars:save": Line(POST_ONLY, OFFICE_TIME),
    "incidents:public": Line(PUBLIC),
    "incidents:public_follow": Line(PUBLIC),
    "incidents:public_street": Line(PUBLIC, {"street": "street_code"}),
    "incidents:public_report": Line(PUBLIC, {"street": "street_code", "code": "category"}),
}

# ── assessment ──────────────────────────────────────────────────────────────────────────────────────────
BOARD = frozenset(
    {"lead", "adviser", "desk", "autumn_desk", "office", "leader", "section_head", "officer", "office_admin"}
) | {"other_office"}  # fmt: skip
SHARES = frozenset({"office", "other_office"})
ASSESSMENT: dict[str, Line] = {
    "home": Line(SIGNED_IN),
    "assessment:board": Line(BOARD),
    "assessment:board_queue": Line(BOARD),
    "assessment:board_map": Line(BOARD),
    "assessment:board_trend": Line(BOARD),
    "assessment:walls": Line(SHARES),
    "assessment:revoke_wall": Line(POST_ONLY, {"link_id": "number"}),
    "assessment:wall": Line(PUBLIC, {"token": "word"}),
    "assessment:today": Line(REPORTERS),
    "assessment:kept": Line(DESKS | {"autumn_desk", "other_office"}),
    "assessment:accept_kept": Line(POST_ONLY, {"pk": "uuid"}),
    "assessment:discard_kept": Line(POST_ONLY, {"pk": "uuid"}),
    "assessment:put_back": Line(POST_ONLY, {"pk": "uuid"}),
    "assessment:worker": Line(PUBLIC),
    "assessment:offline_shell": Line(PUBLIC),
    "assessment:today_json": Line(REPORTERS),
    "assessment:things_json": Line(REPORTERS),
    "assessment:tray": Line(SIGNED_IN),
    "assessment:my_grid": Line(REPORTERS),
}

MATRIX = GRIDGOV | GRIDS | TEAMS | RESIDENTS | INCIDENTS | ASSESSMENT
