"""Every platform with a format is found by its name, any other is said to be unsupported."""

import pytest

from dcops.diff.formats import Formats
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource


@pytest.mark.parametrize(("platform", "suffix"), [("ios", "cfg"), ("panos", "xml"), ("sfos", "xml")])
def test_a_known_platform_has_its_format(platform, suffix):
    found = Formats().of(platform)
    assert (found.platform, found.suffix(ConfigSource.RUNNING)) == (platform, suffix)


@pytest.mark.parametrize("platform", ["procurve", "", "IOS"])
def test_any_other_platform_is_unsupported(platform):
    with pytest.raises(DeviceError, match="platform") as caught:
        Formats().of(platform)
    assert caught.value.kind is ErrorKind.UNSUPPORTED
    assert all(name in caught.value.next_step for name in ("ios", "panos", "sfos"))
