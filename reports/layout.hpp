// Text that fits: cleaned, wrapped, shortened, cut, quoted, escaped. Widths count characters, not bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quiesce::reports {

/// Shows what could break a layout or fool a terminal (control characters, bytes that are no UTF-8,
/// marks that turn the direction of writing) as dots.
[[nodiscard]] std::string clean(std::string_view text);

[[nodiscard]] std::size_t width_of(std::string_view text);

/// At most `width` characters: what is too much goes from the middle, at the edges of words if possible.
[[nodiscard]] std::string shorten(const std::string& text, std::size_t width);

/// Lines of at most `width` characters, broken at spaces; all but the first begin with `hang` spaces.
/// A word that fits no line is shortened.
[[nodiscard]] std::vector<std::string> wrap(const std::string& text, std::size_t width, std::size_t hang = 0);

/// `text` filled up with spaces.
[[nodiscard]] std::string padded(const std::string& text, std::size_t width);

/// Of "arm_smmu_device_disable+1", "arm_smmu_device_disable".
[[nodiscard]] std::string routine_of(const std::string& location);

/// The line, cut where only spaces come.
[[nodiscard]] std::string without_trailing_spaces(std::string line);

/// Width of lines in tables of verdicts, and in what stands beside them.
inline constexpr std::size_t kPageWidth = 100;

/// Cleaned, and wrapped to that width; all lines begin with `indent` spaces, all but the first with `hang`
/// more.
[[nodiscard]] std::string paragraph(const std::string& text, std::size_t indent, std::size_t hang);

/// In an element or an attribute of HTML or XML.
[[nodiscard]] std::string escaped(std::string_view text);

/// One word for a shell, quoted only if it has to be.
[[nodiscard]] std::string shell_word(const std::string& text);

}  // namespace quiesce::reports
