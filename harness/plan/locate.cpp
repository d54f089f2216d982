#include "harness/plan/locate.h"

#include <system_error>

#include "harness/json/did_you_mean.h"

namespace mqtts::plan {
namespace fs = std::filesystem;

namespace {

bool is_bare_name(const std::string& called) {
  std::error_code error;
  return called.find('/') == std::string::npos && !called.ends_with(".json") && !fs::exists(called, error);
}

json::Diagnostic no_such_plan(const std::string& called, const std::vector<fs::path>& folders) {
  std::string places;
  for (const auto& folder : folders) places += (places.empty() ? "" : ", ") + folder.string();
  const auto meant = json::did_you_mean(called, plan_names(folders));
  auto message = meant.empty()
                     ? msg("there is no such file, and no plan of this name in {places}", {{"places", places}})
                     : msg("there is no such file, and no plan of this name in {places}; did you mean \"{meant}\"?",
                           {{"places", places}, {"meant", meant}});
  return {.file = called, .message = std::move(message)};
}

}  // namespace

std::vector<std::string> plan_names(const std::vector<fs::path>& folders) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& folder : folders) {
    for (fs::directory_iterator file(folder, error), end; !error && file != end; file.increment(error)) {
      // The folders also hold the schemas: plan.schema.json.
      const auto name = file->path().stem();
      if (file->path().extension() == ".json" && !name.has_extension()) names.push_back(name.string());
    }
  }
  return names;
}

std::vector<fs::path> scenario_folders() {
  std::vector<fs::path> folders = {"scenarios"};
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  if (error) return folders;
  const auto above = program.parent_path().parent_path();
  folders.push_back(above / "share/mqtts-harness/scenarios");
  folders.push_back(above / "scenarios");  // of a program that lies in its build folder
  return folders;
}

Loaded find_plan(const std::string& called, const Overrides& overrides, ProbeKinds kinds,
                 const std::vector<fs::path>& folders) {
  if (!is_bare_name(called)) return load_plan(called, overrides, kinds);
  std::error_code error;
  for (const auto& folder : folders) {
    const auto file = folder / (called + ".json");
    if (fs::is_regular_file(file, error)) return load_plan(file, overrides, kinds);
  }
  Loaded loaded;
  loaded.problems.push_back(no_such_plan(called, folders));
  return loaded;
}

}  // namespace mqtts::plan
