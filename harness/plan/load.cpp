#include "harness/plan/load.h"

#include <filesystem>

#include <openssl/sha.h>

#include "harness/plan/read_bytes.h"
#include "harness/plan/read_plan.h"
#include "harness/plan/read_target.h"

namespace mqtts::plan {
namespace {

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

LoadedTarget parse_target(std::string_view text, const std::string& path, const std::string& profile) {
  Problems problems(path, text);
  LoadedTarget loaded;
  const auto folder = std::filesystem::absolute(path).parent_path();
  std::vector<Problem> elsewhere;
  if (const auto root = parse_json(text, problems))
    loaded.target = read_target(*root, {folder, profile}, problems, elsewhere);
  loaded.problems = problems.list();
  loaded.problems.insert(loaded.problems.end(), elsewhere.begin(), elsewhere.end());
  if (!loaded.problems.empty()) loaded.target.reset();
  return loaded;
}

LoadedTarget load_target(const std::string& path, const std::string& profile) {
  LoadedTarget loaded;
  const auto bytes = read_bytes(path, loaded.problems);
  return bytes ? parse_target(*bytes, path, profile) : loaded;
}

}  // namespace mqtts::plan
