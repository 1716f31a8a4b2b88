"""Two addresses that ask the database after their view has returned: a lazy page, and a stream."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import include, path

from kohti.kernel.actor import Actor
from kohti.kernel.doors import SIGNED_IN, needs
from kohti.team.models import Centre

seen: list[int] = []


class AsksLate:
    """Asks only when it is written out."""

    def __str__(self) -> str:
        seen.append(Centre.objects.count())
        return str(seen[-1])


@needs(SIGNED_IN)
def lazy(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Returns before anything is rendered."""
    return TemplateResponse(request, "config/_refused.html", {"text": AsksLate()})


@needs(SIGNED_IN)
def streamed(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Asks while it is being sent."""
    return StreamingHttpResponse(str(Centre.objects.count()) for _line in range(1))


urlpatterns = [path("lazy/", lazy), path("streamed/", streamed), path("", include("kohti.config.urls"))]
