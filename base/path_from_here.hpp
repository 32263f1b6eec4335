// Paths as a reader in the working directory writes them.
#pragma once

#include <filesystem>
#include <system_error>

namespace quiesce {

/// An absolute path below the working directory as seen from there, so that reports are the same wherever
/// that directory is; any other path as it is.
[[nodiscard]] inline std::filesystem::path path_from_here(const std::filesystem::path& path) {
  if (!path.is_absolute()) return path;
  std::error_code error;
  const std::filesystem::path here = std::filesystem::current_path(error);
  if (error) return path;
  const std::filesystem::path below = path.lexically_normal().lexically_relative(here);
  return below.empty() || *below.begin() == ".." ? path : below;
}

}  // namespace quiesce
