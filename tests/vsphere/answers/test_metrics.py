import pytest

from dcops.vsphere.answers.malformed import Malformed
from dcops.vsphere.answers.metrics import Entity, own_metrics
from dcops.vsphere.answers.simple import Surprise
from tests.vsphere.answers.texts import answer

AT = "2026-03-28T23:30:00Z"


def series(counter, *values, instance="<instance></instance>"):
    held = "".join(f"<value>{value}</value>" for value in values)
    return f'<value xsi:type="PerfMetricIntSeries"><id><counterId>{counter}</counterId>{instance}</id>{held}</value>'


def entity(moid, *inside, at=AT):
    sample = f"<sampleInfo><timestamp>{at}</timestamp><interval>20</interval></sampleInfo>" if at else ""
    of = f'<entity type="VirtualMachine">{moid}</entity>'
    return f'<returnval xsi:type="PerfEntityMetric">{of}{sample}{"".join(inside)}</returnval>'


def read(*entities, **more):
    return list(own_metrics(answer("QueryPerf", "".join(entities)), **more))


def of_part(counter, part, *values):
    return series(counter, *values, instance=f"<instance>{part}</instance>")


def test_the_value_of_each_counter_is_read_with_the_time_of_its_sample():
    assert read(entity("vm-1", series(2, 815), series(12, 0)), entity("vm-2", series(2, 4))) == [
        Entity("vm-1", 1774740600.0, {2: 815, 12: 0}),
        Entity("vm-2", 1774740600.0, {2: 4}),
    ]


def test_a_counter_without_a_value_is_not_there():
    assert read(entity("vm-1", series(2), series(12, 7)))[0].values == {12: 7}


def test_minus_one_is_how_vsphere_says_that_there_is_no_value():
    assert read(entity("vm-1", series(2, -1), series(12, -2)))[0].values == {12: -2}


def test_of_several_samples_the_newest_counts():
    assert read(entity("vm-1", series(2, 5, 6, 7)))[0].values == {2: 7}


def test_values_of_parts_stand_apart_from_that_of_the_whole():
    (found,) = read(
        entity("vm-1", of_part(2, "scsi0:0", 5), series(2, 9), of_part(2, "a &amp; b", 6, 7), of_part(3, "scsi0:0", 0)),
        parts=True,
    )

    assert found.values == {2: 9}
    assert found.parts == {2: {"scsi0:0": 5, "a & b": 7}, 3: {"scsi0:0": 0}}


def test_a_part_without_a_value_is_not_there():
    assert read(entity("vm-1", of_part(2, "scsi0:0"), of_part(2, "scsi0:1", -1)), parts=True)[0].parts == {}


def test_values_of_parts_are_left_out_unless_they_are_asked_for():
    parts = [series(2, 5, instance="<instance>vmnic0</instance>"), series(2, 9, instance="<instance/>")]

    assert read(entity("vm-1", *parts)) == [Entity("vm-1", 1774740600.0, {2: 9})]


def test_an_object_without_samples_has_no_time_and_no_values():
    assert read(entity("vm-1", at="")) == [Entity("vm-1", 0.0, {})]


def test_an_answer_about_nothing_is_empty():
    assert read() == []


def test_line_breaks_between_elements_change_nothing():
    body = answer("QueryPerf", entity("vm-1", series(2, 815), series(12)))

    assert list(own_metrics(body.replace(b"><", b">\n  <"))) == list(own_metrics(body))


@pytest.mark.parametrize(
    "odd",
    [
        entity("vm-1", series(2, "much")),
        entity("vm-1", series(2, 5).replace("counterId>", "counterNumber>")),
        entity("vm-1", series(2, 5).replace("<id>", "<id><more/>")),
        entity("vm-1", series(2, 5)).replace('type="VirtualMachine"', "").replace("<entity >", "<entity>"),
        entity("vm-1", series(2, 5).replace("PerfMetricIntSeries", "PerfMetricSeriesCSV").replace("value>5", "text>5")),
        entity("vm-1", at="soon"),
        entity("vm-1", series(2, 5)).replace("returnval", "v:returnval"),
        entity("vm-1", series(2, 5).replace("<value>5</value>", "<value>5</value><value/>")),
    ],
)
def test_another_shape_than_we_know_is_a_surprise(odd):
    with pytest.raises(Surprise):
        read(odd)


def test_a_cut_answer_is_no_answer():
    with pytest.raises(Malformed):
        list(own_metrics(answer("QueryPerf", entity("vm-1", series(2, 5)))[:-12]))
