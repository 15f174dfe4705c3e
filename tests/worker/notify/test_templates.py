"""Templates: a bad one is a mistake of the configuration that names its line; a good one reaches nothing."""

from __future__ import annotations

import pytest

from worker.notify.templates import BadTemplate, Template, fault, sample


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("ok\n{{ change.title", "line 2 of the template: unexpected end of template"),
        ("a\nb\n{% if %}", "line 3 of the template"),
        ("a\n{{ chnge.title }}", "line 2 of the template: 'chnge' is undefined"),
        ("{{ change.titel }}", "line 1 of the template: 'dict object' has no attribute 'titel'"),
        ("{{ change.__class__.__mro__ }}", "unsafe"),
        ("{{ ''.__class__ }}", "unsafe"),
        ("{% for i in range(10000000) %}x{% endfor %}", "Range too big"),
    ],
)
def test_a_bad_template_names_its_line(source: str, said: str) -> None:
    found = fault(source)
    assert found is not None and said in found


def test_a_template_cannot_change_what_it_is_given() -> None:
    with pytest.raises(BadTemplate):
        Template("{% set _ = changes.append(1) %}").render(sample("n"))


def test_contents_are_asked_for_only_by_templates_that_show_them() -> None:
    assert Template("{{ diff }}").wants_contents and Template("{{ text }}").wants_contents
    assert not Template("{{ change.title }} {{ change.summary }}").wants_contents


def test_what_a_page_wrote_is_no_template() -> None:
    assert Template("{{ change.title }}").render(sample("n")) == "Notice of works on the bridge"
    assert Template("{{ notifier }}").render(sample("{{ 7 * 7 }}")) == "{{ 7 * 7 }}"
