"""What the screens ask of the store once more, on PostgreSQL."""

from __future__ import annotations

import pytest

from tests import test_web, test_web_access
from tests.postgres import Server, fresh
from tests.test_web import here  # noqa: F401
from tests.web_world import World

test_cleared = test_web_access.test_the_cleared_see_what_others_do_not
test_search = test_web.test_search_without_marks_finds_and_lights_what_has_them
test_facets = test_web.test_facets_narrow_down_and_every_list_has_its_files
test_pages = test_web.test_pages_of_a_list_follow_each_other_without_gaps
test_correction = test_web.test_a_correction_is_kept_apart_survives_a_new_reading_and_can_be_taken_back
test_choice = test_web.test_a_chosen_document_stays_chosen_after_reading_and_linking_again
test_rejection = test_web.test_what_is_no_citation_goes_and_comes_back
test_number = test_web.test_a_corrected_number_of_a_citation_links_anew
test_sample = test_web.test_the_sample_joins_the_queue_and_counts_errors


@pytest.fixture
def untouched(here: World) -> World:  # noqa: F811
    """The world that nothing else acts on: here each test has its own."""
    return here


@pytest.fixture(autouse=True)
def on_postgresql(monkeypatch: pytest.MonkeyPatch, postgres_server: Server) -> None:
    monkeypatch.setenv("CONGVAN_TEST_DATABASE", fresh(postgres_server))
