// Memory for large tables: zero when it is handed out, and touched only where it is used.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace quiesce::base {

enum class Pages : bool {
  kSmall,  ///< for tables that stay small
  kHuge,   ///< asks for pages of 2 MiB, if the size is a multiple of that: a table that is met at random
           ///< places misses the TLB less
};

class ZeroedMemory {
 public:
  ZeroedMemory() = default;
  /// Throws std::bad_alloc.
  ZeroedMemory(std::size_t bytes, Pages pages) : bytes_(bytes) {
    const bool huge = pages == Pages::kHuge && bytes % kHugePage == 0;
    data_ = huge ? map_aligned(bytes) : map(bytes);
    // Advice only: without huge pages the table works, if slower.
    if (huge) static_cast<void>(madvise(data_, bytes, MADV_HUGEPAGE));
  }
  ZeroedMemory(ZeroedMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  ZeroedMemory& operator=(ZeroedMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ZeroedMemory(const ZeroedMemory&) = delete;
  ZeroedMemory& operator=(const ZeroedMemory&) = delete;
  ~ZeroedMemory() {
    if (data_ != nullptr) munmap(data_, bytes_);
  }

  /// Gives the memory to someone who will unmap it.
  std::byte* release() {
    bytes_ = 0;
    return std::exchange(data_, nullptr);
  }

  static constexpr std::size_t kHugePage = std::size_t{1} << 21U;

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  static std::byte* map(std::size_t bytes) {
    void* at =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) throw std::bad_alloc();
    return static_cast<std::byte*>(at);
  }

  /// So that all of it can lie in huge pages: more is mapped than is needed, and given back.
  static std::byte* map_aligned(std::size_t bytes) {
    std::byte* const first = map(bytes + kHugePage);
    const std::size_t before = -reinterpret_cast<std::uintptr_t>(first) % kHugePage;
    if (before > 0) munmap(first, before);
    munmap(first + before + bytes, kHugePage - before);
    return first + before;
  }

  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace quiesce::base
