"""The places of sensors, from the inventory to the labels of a series."""

from dcops.exporters.snmp.inventory import places_of
from dcops.inventory.inventory import Inventory
from dcops.model.device import Device
from dcops.model.facility import Rack
from dcops.model.sensor import Position, Sensor, SensorKind
from dcops.snmp import oid

PDU = Device("pdu-1", "main", "pdu", "V", "M")
TABLE = "1.3.6.1.4.1.318.1.1.26.10.2.2.1"
HEAT = (SensorKind.TEMPERATURE,)
INVENTORY = Inventory(
    devices=(PDU,),
    racks=(Rack("A01", "main", "machine-room"),),
    sensors=(
        Sensor("front", "pdu-1", HEAT, rack="A01", position=Position.INLET_TOP, index="1"),
        Sensor("back", "pdu-1", HEAT, rack="A01", position=Position.EXHAUST_TOP, index="1", table=TABLE),
        Sensor("floor", "pdu-1", (SensorKind.LEAK,), room="power-room", label="Leak 2"),
        Sensor("elsewhere", "pdu-2", HEAT, rack="A01", position=Position.ROOM, index="7"),
    ),
)


def labels(entry, index, name=""):
    row = oid.suffix(tuple(map(int, index.split("."))))
    return places_of(INVENTORY, PDU).of(oid.encode(entry), row, {"sensor": name} if name else {})


def test_a_sensor_has_the_room_of_its_rack():
    assert labels("1.3.6.1.4.1.9", "1") == {
        "sensor": "front",
        "room": "machine-room",
        "rack": "A01",
        "position": "inlet_top",
    }


def test_the_table_tells_apart_what_has_one_number():
    assert labels(TABLE, "1")["sensor"] == "back"


def test_one_that_is_known_by_its_name_has_no_rack_and_no_position():
    assert labels(TABLE, "2", "Leak 2") == {"sensor": "floor", "room": "power-room", "rack": "", "position": ""}


def test_one_that_nobody_placed_keeps_its_name_and_is_seen_to_be_nowhere():
    assert labels(TABLE, "7", "Probe 7") == {"sensor": "Probe 7", "room": "", "rack": "", "position": ""}
