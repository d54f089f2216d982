// The star of ARCHITECTURE.md: which folder may include which.
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;

// All may include harness/util besides.
const std::map<std::string, std::set<std::string>> may_include = {
    {"harness/util", {}},
    {"harness/model", {}},
    {"harness/plan", {"harness/model"}},
    {"harness/pki", {"harness/model"}},
    {"harness/remote", {"harness/model"}},
    {"harness/wire", {"harness/model"}},
    {"harness/engine", {"harness/model"}},
    {"reports", {"harness/model"}},
    {"harness/probes", {"harness/model", "harness/wire", "harness/pki"}},
    {"harness/cli",
     {"harness/model", "harness/plan", "harness/pki", "harness/remote", "harness/wire", "harness/engine",
      "harness/probes", "reports"}},
};

// Libraries that one room alone may know.
const std::map<std::string, std::set<std::string>> only_in = {
    {"libssh/", {"harness/remote", "fixtures", "harness/cli/version.cpp"}},
    {"MQTTAsync.h", {"harness/wire", "harness/cli/version.cpp"}},
    {"openssl/ssl.h", {"harness/wire"}},
    {"pugixml.hpp", {"reports"}},
};

// "harness/wire" of "harness/wire/tls.h", "reports" of "reports/junit.h".
std::string room_of(const std::string& path) {
  const auto first = path.find('/');
  if (path.substr(0, first) != "harness") return path.substr(0, first);
  return path.substr(0, path.find('/', first + 1));
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
    const auto from = room_of(file);
    const auto to = room_of(included);
    if (from == to || from == "fixtures" || to == "harness/util") return;
    ASSERT_TRUE(may_include.contains(from)) << file << ": its room is not in the table";
    EXPECT_TRUE(may_include.at(from).contains(to)) << file << " includes " << included;
  });
}

TEST(Includes, of_a_library_stay_in_its_room) {
  each_include([](const std::string& file, const std::string& included) {
    for (const auto& [library, rooms] : only_in) {
      if (!included.starts_with(library)) continue;
      EXPECT_TRUE(rooms.contains(room_of(file)) || rooms.contains(file)) << file << " includes " << included;
    }
  });
}

}  // namespace
