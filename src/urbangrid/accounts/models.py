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
    platform = models.ForeignKey(
        "core.Platform", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="whose administrator made it; empty: the operator, or before there were districts",
    )  # fmt: skip

    # Django asks these of whatever stands in request.user
    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    def set_password(self, raw: str) -> None:
        self.password = make_password(raw)

    def check_password(self, raw: str) -> bool:
        return check_password(raw, self.password)

    def __str__(self) -> str:
        return self.name


class Device(Identified):
    """终端: a browser with a key of its own that cannot be taken out of it, in the register of a platform (CY-24-1, HD-2.3.7i).

    The key says which terminal it is, never who holds it: colleagues of a shift may share one, each by her own password.
    """

    ASKED, ADMITTED, BLOCKED = "asked", "admitted", "blocked"

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="devices", help_text="who asked for it and answers for it")
    unit_id = models.BigIntegerField(help_text="unit of the post under which it was asked for")
    number = models.CharField(max_length=40, blank=True, help_text="inventory number")
    model = models.CharField(max_length=60)
    public_key = models.BinaryField(help_text="uncompressed point of P-256, 65 bytes")
    fingerprint = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the point")
    state = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    admitted_at = models.DateTimeField(null=True)
    admitted_by = models.BigIntegerField(null=True, help_text="null: by the rule of the first terminal")
    blocked_at = models.DateTimeField(null=True)
    blocked_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=20, blank=True, help_text="why it is blocked: a code of messages.DEVICE_REASONS")
    seen_at = models.DateTimeField(null=True, help_text="last proof of its key")

    class Meta:
        # the register, asked ones first
        indexes = [models.Index(fields=["platform", "state", "-asked_at"], name="devices_of_a_platform")]

    @property
    def words(self) -> str:
        """Number and model, or the beginning of the fingerprint where there is no number."""
        return f"{self.number or self.fingerprint[:8]} {self.model}"


class SpentChallenge(models.Model):
    """A challenge that was signed and used: none is taken twice. Rows go when their challenge would have ended anyway."""

    digest = models.CharField(max_length=64, primary_key=True)
    ends_at = models.DateTimeField(db_index=True)


class SignIn(Identified):
    """A sign-in of a browser and what has become of it; the session carries its id and ends with it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="last page, to within five minutes")
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True, help_text="what the browser says of itself")
    second_step = models.BooleanField(default=False, help_text="a code was given beside the password")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True, help_text="user who ended it; the person herself at sign-out")
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, help_text="the terminal that proved its key")
    device_proved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # the person's own list, and the security administrator's of all that are open
            models.Index(fields=["user", "-begun_at"], name="sign_ins_of_a_person"),
            models.Index(fields=["-begun_at"], condition=models.Q(ended_at=None), name="sign_ins_open"),
        ]


class SecondFactor(models.Model):
    """The secret that a person's authenticator shares with the platform (RFC 6238), closed by a key that is not in the database."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="second_factor")
    sealed = models.BinaryField(help_text="AES-256-GCM, bound to the user's id")
    made_at = models.DateTimeField()
    last_step = models.BigIntegerField(default=0, help_text="30-second step of the last code taken: none is taken twice")
    failed = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)


class RecoveryCode(Identified):
    """A code for once, should the authenticator be lost; stored as a keyed hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once")]


class ApiToken(Identified):
    """A token for programs and phones; stored as a hash, bound to one appointment, ends by itself."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    appointment_id = models.BigIntegerField()
    token_hash = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12, blank=True, help_text="its first characters, to tell one token from another")
    label = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, help_text="ends with this terminal")
