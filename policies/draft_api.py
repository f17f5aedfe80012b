"""The draft check for other programs: what an answer would trigger, as JSON, in a few milliseconds."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from intake.api import ShownKey, store_of
from policies.detection.reader import Line
from policies.draft_check import LONGEST_TEXT, MOST_BEFORE, Finding, check
from tenants.permissions import allowed


class MayCheck(BasePermission):
    """A program with a store's key, or a signed-in member who answers buyers."""

    def has_permission(self, request: Request, view) -> bool:
        plain = request._request
        return bool(plain.api_key or allowed(plain.membership, "check_drafts"))


class LineSerializer(serializers.Serializer):
    by = serializers.ChoiceField(["buyer", "agent"])
    text = serializers.CharField(max_length=LONGEST_TEXT, trim_whitespace=False)


class DraftSerializer(serializers.Serializer):
    """before: the chat's last lines, oldest first."""

    text = serializers.CharField(max_length=LONGEST_TEXT, trim_whitespace=False)
    before = LineSerializer(many=True, required=False, max_length=MOST_BEFORE)


class FindingSerializer(serializers.Serializer):
    """One rule. start, end: characters of `text`. shown: at the rule's level; otherwise it is a maybe. points, money:
    null where no source is verified. question: what the buyer asked is dangerous, whatever is answered."""

    code = serializers.CharField()
    title = serializers.CharField()
    why = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    certainty = serializers.ChoiceField(["possible", "likely", "sure"])
    shown = serializers.BooleanField()
    points = serializers.CharField(allow_null=True)
    money = serializers.CharField(allow_null=True)
    consequence = serializers.CharField()
    wordings = serializers.ListField(child=serializers.CharField())
    question = serializers.BooleanField()


class CheckedSerializer(serializers.Serializer):
    findings = FindingSerializer(many=True)


@extend_schema(operation_id="check_draft", request=DraftSerializer, responses=CheckedSerializer)
@api_view(["POST"])
@authentication_classes([ShownKey, SessionAuthentication])
@permission_classes([MayCheck])
def check_draft(request: Request, code: str) -> Response:
    """What an answer would trigger in this store today, the surest first; nothing is stored."""
    store = store_of(request, code)
    asked = DraftSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    draft = asked.validated_data
    before = [Line(line["text"], line["by"] == "buyer") for line in draft.get("before", ())]
    found = check(store, draft["text"], before, timezone.now())
    return Response({"findings": [as_json(finding) for finding in found]})


# Read by the middleware, which looks for keys only where they are taken.
check_draft.takes_api_keys = True


def as_json(finding: Finding) -> dict:
    told = finding._asdict()
    del told["verified"]
    return told | {
        "certainty": finding.certainty.name.lower(),
        "points": None if finding.points is None else str(finding.points),
        "money": None if finding.money is None else str(finding.money),
    }
