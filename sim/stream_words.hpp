// What of a scenario's declarations SMMUs of either model read: fields as words in memory, pages of tables.
#pragma once

#include <cstdint>
#include <string_view>

#include "hwmodel/traffic.hpp"
#include "sim/world.hpp"

namespace quiesce::sim {

/// A field of the machine's objects.
[[nodiscard]] const Family& stream_field(const World& world, std::string_view name);
/// What software writes there, as the SMMU finds it.
[[nodiscard]] hwmodel::Word stream_word(const World& world, std::string_view name, std::int32_t object);
/// Number of the page of every table that leads to the interrupt controller, if it is mapped there.
[[nodiscard]] std::uint8_t doorbell_page(const World& world);
/// Where that page of a domain's table leads: to the doorbell in a device's own domain.
[[nodiscard]] std::int32_t doorbell_of(const World& world, std::size_t domain, std::int32_t doorbell);
/// Where page `page` of the domain leads.
[[nodiscard]] hwmodel::Word frame_word(const World& world, std::size_t domain, int page);

}  // namespace quiesce::sim
