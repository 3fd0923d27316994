"""People who sign in. A person has no rights here: rights come from the post she acts under (organizations)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.db import models

from urbangrid.core.models import Identified


class User(Identified):
    """A person with a name to sign in with. Passwords follow ``accounts.passwords``; a lockout ends by itself."""

    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=30)
    initials = models.CharField(max_length=30, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    password = models.CharField(max_length=200)
    password_set_at = models.DateTimeField(null=True)
    must_change_password = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    active_until = models.DateTimeField(null=True, help_text="end of a contract; no sign-in from then on")
    failed_sign_ins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    last_sign_in_at = models.DateTimeField(null=True)
    session_stamp = models.CharField(max_length=16, blank=True, help_text="changes with the password: older sessions end")
    contractor = models.CharField(max_length=60, blank=True)
    simulated = models.BooleanField(default=False, help_text="an account of the made city")

    # Django asks these of whatever stands in request.user
    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    def set_password(self, raw: str) -> None:
        self.password = make_password(raw)

    def check_password(self, raw: str) -> bool:
        return check_password(raw, self.password)

    def __str__(self) -> str:
        return self.name


class ApiToken(Identified):
    """A token for programs and phones; stored as a hash, bound to one appointment, ends by itself."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    appointment_id = models.BigIntegerField()
    token_hash = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
