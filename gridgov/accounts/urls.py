"""Addresses under /accounts/: ours, and those of allauth that we use, by allauth's names."""

from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from gridgov.accounts.views import door, own, password, pin, platforms

own_patterns: list[URLPattern | URLResolver] = [
    path("", own.profile, name="profile"),
    path("me/", own.me, name="me"),
    path("devices/<int:session_id>/end/", own.end_session, name="end_session"),
    path("devices/end-others/", own.end_other_sessions, name="end_other_sessions"),
    path("linked/", platforms.linked, name="linked"),
    path("linked/<slug:platform>/", platforms.link, name="link_platform"),
    path("linked/<slug:platform>/remove/", platforms.unlink, name="unlink_platform"),
    path("via/<slug:platform>/", platforms.start, name="platform_sign_in"),
    path("via/<slug:platform>/back/", platforms.back, name="platform_back"),
    path("pin/", pin.choose, name="choose_pin"),
    path("pin/off/", pin.remove, name="remove_pin"),
    path("unlock/", pin.unlock, name="unlock"),
    path("set/", password.set_by_link, name="set_password"),
]
if settings.DEMO:
    own_patterns.append(path("demo/", door.demo_sign_in, name="demo_sign_in"))

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", door.sign_in, name="account_login"),
    path("logout/", door.sign_out, name="account_logout"),
    path("reauthenticate/", door.reauthenticate, name="account_reauthenticate"),
    path("password/", password.change, name="account_change_password"),
    path("devices/", own.signed_in_devices, name="usersessions_list"),
    path("factor/", factor.index, name="mfa_index"),
    path("factor/code/", factor.authenticate, name="mfa_authenticate"),
    path("factor/again/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("factor/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("factor/app/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("factor/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("factor/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("factor/codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("", include((own_patterns, "accounts"))),
]
