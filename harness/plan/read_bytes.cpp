#include "harness/plan/read_bytes.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "harness/plan/json.h"

namespace mqtts::plan {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};

}  // namespace

std::optional<std::string> read_bytes(const std::string& path, std::vector<Problem>& problems) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  std::string bytes(most_bytes + 1, '\0');
  if (file) bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file.get()));
  if (file && std::ferror(file.get()) == 0) return bytes;
  const auto why = std::generic_category().message(errno);
  problems.push_back({.file = path, .message = msg("cannot read {path}: {why}", {{"path", path}, {"why", why}})});
  return std::nullopt;
}

}  // namespace mqtts::plan
