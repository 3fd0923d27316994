"""培训 of the made city: two courses with results, one open quiz that an inspector can take, nobody told of what is over (CY-14-3)."""

from __future__ import annotations

from tests.support.city import WORKDAY, City
from urbangrid.core import clock
from urbangrid.core.models import OutboxEntry
from urbangrid.courses import queries, quizzes
from urbangrid.courses.models import Course, Participant
from urbangrid.demo import schooling


def test_two_courses_were_held_and_a_quiz_of_five_questions_is_open(city: City) -> None:
    who = city.acting("inspector")
    with clock.travel(WORKDAY):
        schooling.hold(city.platform, WORKDAY, lambda _line: None)
        register = queries.register(city.acting("head"))
        assert register.total == 9, "three inspectors, three courses"
        assert {one.result for one in Participant.objects.filter(course__name="信息采集规范")} == {"passed"}
        told = OutboxEntry.objects.filter(topic="course")
        assert [entry.payload["title"] for entry in told] == [schooling.OPEN.name]
        row = Course.objects.get(name=schooling.OPEN.name)
        attempt = quizzes.begin(who, row.pk)
        right = {str(one.pk): one.right for one in row.quiz.questions.all()}
        assert len(right) == 5
        assert quizzes.hand_in(who, attempt.pk, right, key="k") == {"points": 100, "result": "passed"}
        assert queries.lacking(city.platform.pk, [who.user_id], WORKDAY.date())[who.user_id] == []
