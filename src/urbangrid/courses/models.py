"""培训: courses, who took part with what result, and the quiz of a course (CY-14-3)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from urbangrid.core.models import Identified


class Course(Identified):
    """培训: one occasion on which something is taught. What must be held again and again has the same name each time."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT, db_index=False)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, help_text="district, law, work, safety or other")
    day = models.DateField()
    hours = models.DecimalField(max_digits=4, decimal_places=1)
    place = models.CharField(max_length=60, blank=True)
    teacher = models.CharField(max_length=30, blank=True)
    text = models.TextField(blank=True, max_length=20_000)
    regulation = models.ForeignKey(
        "catalog.Regulation", null=True, on_delete=models.PROTECT, related_name="+", help_text="the version that was taught"
    )
    required = models.BooleanField(default=False, help_text="every inspector must have passed a course of this name")
    valid_months = models.PositiveSmallIntegerField(default=0, help_text="how long passing holds; 0: for good")
    told = models.PositiveIntegerField(default=0, help_text="how often people were told of it: seq of its outbox entries")
    made_by = models.ForeignKey("organizations.Appointment", on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        # the list of courses, newest first
        indexes = [models.Index(fields=["platform", "-day"], name="courses_newest_first")]


class Participant(Identified):
    """参加: a person invited to a course, and what came of it; an empty result is still open."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="participants", db_index=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", help_text="results are a person's, in any post")
    appointment = models.ForeignKey("organizations.Appointment", on_delete=models.PROTECT, related_name="+", db_index=False)
    invited_at = models.DateTimeField()
    result = models.CharField(max_length=10, blank=True, help_text="passed, failed, absent; empty: open")
    score = models.PositiveSmallIntegerField(null=True, help_text="of 100")
    entered_at = models.DateTimeField(null=True)
    entered_by = models.ForeignKey(
        "organizations.Appointment", null=True, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="null: the quiz"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "user"], name="participant_once"),
            models.CheckConstraint(condition=models.Q(score=None) | models.Q(score__lte=100), name="score_of_100"),
        ]


class Quiz(Identified):
    """测验 of a course: when it is open, how long one sits, what passes and how often it may be tried."""

    course = models.OneToOneField(Course, on_delete=models.PROTECT, related_name="quiz")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(help_text="of one attempt")
    pass_mark = models.PositiveSmallIntegerField(help_text="percent of the questions that must be right")
    most_attempts = models.PositiveSmallIntegerField()
    reminded_at = models.DateTimeField(null=True, help_text="when those who have not passed were told that it ends")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pass_mark__gte=1, pass_mark__lte=100, minutes__gte=1, most_attempts__gte=1), name="quiz_can_be_taken"
            )
        ]
        # what the worker tells of the day before
        indexes = [models.Index(fields=["closes_at"], condition=models.Q(reminded_at=None), name="quizzes_to_remind_of")]


class Question(Identified):
    """题目: stands as it is from the first attempt on."""

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="questions", db_index=False)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, help_text="one, several or true_false")
    text = models.CharField(max_length=300)
    options = ArrayField(models.CharField(max_length=100))
    right = ArrayField(models.PositiveSmallIntegerField(), help_text="places of the right options, from 0; shown after handing in only")
    ground = models.CharField(max_length=300, help_text="why that is right")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["quiz", "position"], name="question_in_place")]


class Attempt(Identified):
    """作答: one sitting of a participant; ``answers``: id of the question → places of the options chosen."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="attempts", db_index=False)
    number = models.PositiveSmallIntegerField(help_text="1 is the first")
    begun_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answers = models.JSONField(default=dict)
    handed_in_at = models.DateTimeField(null=True)
    by_time = models.BooleanField(default=False, help_text="her time was over; what was kept was handed in")
    points = models.PositiveSmallIntegerField(null=True, help_text="percent of the questions that were right")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["participant", "number"], name="attempt_once")]
        # what the worker hands in when the time is over
        indexes = [models.Index(fields=["due_at"], condition=models.Q(handed_in_at=None), name="attempts_open")]
