import pytest

from tests.audit.rulebook import Book


@pytest.fixture
def book(tmp_path):
    return Book(tmp_path)
