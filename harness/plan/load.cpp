#include "harness/plan/load.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include <openssl/sha.h>

#include "harness/plan/read_plan.h"
#include "harness/plan/read_target.h"

namespace mqtts::plan {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};

// The file's bytes, but no more than one more than we take: the parser then says so.
std::optional<std::string> read_bytes(const std::string& path, std::vector<Problem>& problems) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  std::string bytes(most_bytes + 1, '\0');
  if (file) bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file.get()));
  if (file && std::ferror(file.get()) == 0) return bytes;
  const auto why = std::generic_category().message(errno);
  problems.push_back({.file = path, .message = msg("cannot read {path}: {why}", {{"path", path}, {"why", why}})});
  return std::nullopt;
}

std::string sha256_of(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  std::string hex;
  for (const auto byte : digest) {
    hex += digits[byte >> 4U];
    hex += digits[byte & 0xFU];
  }
  return hex;
}

}  // namespace

Loaded parse_plan(std::string_view text, const std::string& path, const Overrides& overrides) {
  Problems problems(path, text);
  Loaded loaded;
  if (const auto root = parse_json(text, problems)) loaded.plan = read_plan(*root, overrides, problems);
  loaded.problems = problems.list();
  if (!loaded.problems.empty()) loaded.plan.reset();
  if (loaded.plan) {
    loaded.plan->path = path;
    loaded.plan->sha256 = sha256_of(text);
  }
  return loaded;
}

Loaded load_plan(const std::string& path, const Overrides& overrides) {
  Loaded loaded;
  const auto bytes = read_bytes(path, loaded.problems);
  return bytes ? parse_plan(*bytes, path, overrides) : loaded;
}

LoadedTarget parse_target(std::string_view text, const std::string& path) {
  Problems problems(path, text);
  LoadedTarget loaded;
  const auto folder = std::filesystem::absolute(path).parent_path();
  if (const auto root = parse_json(text, problems)) loaded.target = read_target(*root, folder, problems);
  loaded.problems = problems.list();
  if (!loaded.problems.empty()) loaded.target.reset();
  return loaded;
}

LoadedTarget load_target(const std::string& path) {
  LoadedTarget loaded;
  const auto bytes = read_bytes(path, loaded.problems);
  return bytes ? parse_target(*bytes, path) : loaded;
}

}  // namespace mqtts::plan
