def test_a_note_is_the_last_value_under_its_name(ledger):
    assert ledger.noted("state:backup") is None

    ledger.note("state:backup", "failed")
    ledger.note("state:backup", "ok")
    ledger.note("state:report", "lỗi")

    assert (ledger.noted("state:backup"), ledger.noted("state:report")) == ("ok", "lỗi")
