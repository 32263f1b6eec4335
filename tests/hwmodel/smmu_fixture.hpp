// An SMMU of one's own to write to and to watch.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "hwmodel/v3/smmu.hpp"

namespace quiesce::hwmodel::v3 {

/// An enabled SMMU with a command queue of 8 entries and an event queue of 2.
class Smmu : public ::testing::Test {
 protected:
  void configure(const Config& wanted) {
    config = wanted;
    config.cmdq_log2size = 3;
    config.cmdq_window = 8;
    config.evtq_log2size = 1;
    base::LayoutBuilder builder;
    layout = lay_out(builder, config);
    bytes.assign(builder.size(), std::byte{0});
    access.emplace(bytes.data(), undo);
    reset(*access, layout, config);
    enable(*access, layout, config, 0, 0);
    tlbi = commands.intern({Opcode::kTlbiNhVa, kSigNone, false});
    sync = commands.intern({Opcode::kSync, config.msi ? kSigIrq : kSigSev, config.msi});
  }
  void SetUp() override { configure({}); }

  WriteOutcome write(const char* reg, std::int32_t value) {
    events = {};
    return write_register(*access, layout, config, commands, *find_register(reg), value, events);
  }
  std::int32_t read(const char* reg) { return read_register(*access, layout, config, *find_register(reg)); }
  std::vector<HwTransition> enabled() {
    std::vector<HwTransition> all;
    for_each_enabled(bytes.data(), layout, config, commands, [&](HwTransition t) { all.push_back(t); });
    return all;
  }
  [[nodiscard]] bool can(TransitionKind kind, std::uint16_t field = 0) {
    return is_enabled(bytes.data(), layout, config, commands, {kind, field});
  }
  void fire_one(TransitionKind kind, std::uint16_t field = 0) {
    events = {};
    fire(*access, layout, config, commands, {kind, field}, events);
  }
  void submit(std::initializer_list<std::uint8_t> ids) {
    auto prod = static_cast<std::uint32_t>(read("CMDQ_PROD"));
    for (const std::uint8_t id : ids) {
      put_command(*access, layout, config, prod, id);
      prod = next(prod, config.cmdq_log2size);
    }
    static_cast<void>(write("CMDQ_PROD", static_cast<std::int32_t>(prod)));
  }
  /// Everything that can happen, what comes first in the order of transitions first.
  void run_to_the_end() {
    while (!enabled().empty()) fire_one(enabled().front().kind, enabled().front().field);
  }

  Config config;
  Layout layout;
  CommandTable commands;
  std::uint8_t tlbi = 0;
  std::uint8_t sync = 0;
  HwEvents events;  ///< of the last write or transition
  std::vector<std::byte> bytes;
  std::vector<base::Write> undo;
  std::optional<base::StateAccess> access;
};

}  // namespace quiesce::hwmodel::v3
