// The rooms around the engine as tests play them: time that is moved by hand, a catalog, a destination and a
// disk in memory. Each records what was asked of it and can be told to fail, to wait, or to change under the
// engine's hands.
#pragma once

#include "tests/engine/loop/manual_clock.hpp"
#include "tests/engine/run/fake_catalog.hpp"
#include "tests/engine/run/fake_local_disk.hpp"
#include "tests/engine/run/fake_transport.hpp"
