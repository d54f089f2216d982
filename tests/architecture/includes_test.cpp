// The rules of ARCHITECTURE.md: which module may include which.
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;

// Every module may include harness/util, and all but util and json harness/model, besides.
const std::map<std::string, std::set<std::string>> may_include = {
    {"harness/util", {}},
    {"harness/json", {}},
    {"harness/model", {}},
    {"harness/pki", {}},
    {"harness/ssh", {}},
    {"harness/wire", {}},
    {"harness/engine", {}},
    {"reports", {}},
    {"harness/brokers", {"harness/json"}},
    {"harness/catalogue", {"harness/json"}},
    {"harness/plan", {"harness/catalogue", "harness/json"}},
    {"harness/remote", {"harness/brokers", "harness/ssh"}},
    {"harness/probes", {"harness/pki", "harness/wire"}},
    {"harness/audit", {"harness/brokers", "harness/catalogue", "harness/plan", "harness/probes", "harness/wire"}},
    {"harness/targets", {"harness/brokers", "harness/json", "harness/plan", "harness/remote", "harness/ssh"}},
    {"harness/doctor", {"harness/brokers", "harness/pki", "harness/remote", "harness/ssh", "harness/wire", "reports"}},
    {"harness/runner",
     {"harness/brokers", "harness/engine", "harness/pki", "harness/plan", "harness/remote", "harness/ssh",
      "harness/wire"}},
    {"harness/grading",
     {"harness/brokers", "harness/engine", "harness/json", "harness/pki", "harness/plan", "harness/runner",
      "harness/targets", "reports"}},
    {"harness/cli",
     {"harness/audit", "harness/brokers", "harness/catalogue", "harness/doctor", "harness/engine", "harness/grading",
      "harness/json", "harness/pki", "harness/plan", "harness/probes", "harness/remote", "harness/runner",
      "harness/ssh", "harness/targets", "harness/wire", "reports"}},
    {"harness", {"harness/cli"}},  // main.cpp
};

// Libraries that one module alone may know.
const std::map<std::string, std::set<std::string>> only_in = {
    {"libssh/", {"harness/ssh", "fixtures", "harness/cli/version_command.cpp"}},
    {"MQTTAsync.h", {"harness/wire", "harness/cli/version_command.cpp"}},
    {"openssl/ssl.h", {"harness/wire"}},
    {"pugixml.hpp", {"reports"}},
};

// "harness/wire" of "harness/wire/tls.h", "reports" of "reports/junit.h".
std::string module_of(const std::string& path) {
  const auto first = path.find('/');
  if (path.substr(0, first) != "harness") return path.substr(0, first);
  const auto second = path.find('/', first + 1);
  return path.substr(0, second == std::string::npos ? first : second);
}

bool is_source(const fs::path& path) { return path.extension() == ".h" || path.extension() == ".cpp"; }

template <class Visit>
void each_include(Visit visit) {
  const fs::path root = SOURCE_FOLDER;
  const std::regex include(R"(^\s*#include\s+["<]([^">]+)[">])");
  int sources = 0;
  for (const auto* top : {"harness", "reports", "fixtures"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      if (!is_source(entry.path())) continue;
      ++sources;
      std::ifstream in(entry.path());
      std::smatch found;
      for (std::string line; std::getline(in, line);)
        if (std::regex_search(line, found, include)) visit(fs::relative(entry.path(), root).string(), found[1].str());
    }
  }
  EXPECT_GT(sources, 50) << "the sources were not found";
}

TEST(Includes, point_only_where_the_architecture_lets_them) {
  each_include([](const std::string& file, const std::string& included) {
    if (!included.starts_with("harness/") && !included.starts_with("reports/") && !included.starts_with("fixtures/") &&
        !included.starts_with("tests/"))
      return;
    const auto from = module_of(file);
    const auto to = module_of(included);
    if (from == to || from == "fixtures" || to == "harness/util") return;
    if (to == "harness/model" && from != "harness/util" && from != "harness/json") return;
    ASSERT_TRUE(may_include.contains(from)) << file << ": its module is not in the table";
    EXPECT_TRUE(may_include.at(from).contains(to)) << file << " includes " << included;
  });
}

TEST(Includes, of_a_library_stay_in_its_module) {
  each_include([](const std::string& file, const std::string& included) {
    for (const auto& [library, modules] : only_in) {
      if (!included.starts_with(library)) continue;
      EXPECT_TRUE(modules.contains(module_of(file)) || modules.contains(file)) << file << " includes " << included;
    }
  });
}

}  // namespace
