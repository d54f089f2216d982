#include "harness/targets/load_target.h"

#include <filesystem>

#include "harness/json/read_bytes.h"
#include "harness/targets/read_target.h"

namespace mqtts::targets {

LoadedTarget parse_target(std::string_view text, const std::string& path, const std::string& profile) {
  json::Diagnostics problems(path, text);
  LoadedTarget loaded;
  const auto folder = std::filesystem::absolute(path).parent_path();
  std::vector<json::Diagnostic> elsewhere;
  if (const auto root = json::parse_json(text, problems))
    loaded.target = read_target(*root, {folder, profile}, problems, elsewhere);
  loaded.problems = problems.list();
  loaded.problems.insert(loaded.problems.end(), elsewhere.begin(), elsewhere.end());
  if (!loaded.problems.empty()) loaded.target.reset();
  return loaded;
}

LoadedTarget load_target(const std::string& path, const std::string& profile) {
  LoadedTarget loaded;
  const auto bytes = json::read_bytes(path, loaded.problems);
  return bytes ? parse_target(*bytes, path, profile) : loaded;
}

}  // namespace mqtts::targets
