// Reads whole files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <system_error>

#include <tl/expected.hpp>

namespace mqtts {

inline constexpr std::size_t any_size = std::numeric_limits<std::size_t>::max();

// Returns the first `most` bytes of a file. Waits for a pipe's writer like any reader.
tl::expected<std::string, std::error_code> read_file(const std::filesystem::path& path, std::size_t most = any_size);

}  // namespace mqtts
