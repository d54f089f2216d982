#include "harness/json/read_bytes.h"

#include "harness/json/json.h"
#include "harness/util/read_file.h"

namespace mqtts::json {
std::optional<std::string> read_bytes(const std::string& path, std::vector<Diagnostic>& problems) {
  auto bytes = read_file(path, most_bytes + 1);
  if (bytes) return *std::move(bytes);
  problems.push_back(
      {.file = path, .message = msg("cannot read {path}: {why}", {{"path", path}, {"why", bytes.error().message()}})});
  return std::nullopt;
}

}  // namespace mqtts::json
