// The files of one folder may be compiled as one (CMAKE_UNITY_BUILD): what they keep for themselves must then have
// names of their own. A redefinition is an error of the compiler; an overload would be chosen without a word.
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>

#include <gmock/gmock.h>

namespace {

namespace fs = std::filesystem;

struct Definition {
  std::string file;
  std::string line;
};

using Definitions = std::multimap<std::string, Definition>;  // by name

// The name that a line defines in its file's own namespace, as clang-format lays it out.
std::optional<std::string> name_defined_by(const std::string& line) {
  static const std::regex type(R"(^(?:struct|class|enum class|enum|using) (\w+)(?: =| \{|;| :|$).*)");
  static const std::regex function(R"(^(?:[\w:<>,&*]+ )*[\w:<>,&*]+[ &*](\w+)\(.*)");
  static const std::regex constant(R"(^(?:static |inline |constexpr |const ).*?[ &*](\w+)(?:\[\w*\])?(?: = |\{).*)");
  std::smatch found;
  if (line.empty() || line.starts_with(' ') || line.starts_with("template ")) return std::nullopt;
  if (!std::regex_match(line, found, type) && !std::regex_match(line, found, function) &&
      !std::regex_match(line, found, constant))
    return std::nullopt;
  return found[1].str();
}

void read(const fs::path& path, Definitions& definitions) {
  std::ifstream in(path);
  bool is_own = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("namespace {")) is_own = true;
    if (line.starts_with("}  // namespace")) is_own = false;
    if (!is_own && !line.starts_with("static ")) continue;
    if (const auto name = name_defined_by(line)) definitions.emplace(*name, Definition{path.filename().string(), line});
  }
}

bool is_of_gtest(const std::string& name) { return name.starts_with("TEST") || name.starts_with("INSTANTIATE_"); }

// An alias that says the same twice is no harm.
bool is_alias(const Definition& definition) { return definition.line.starts_with("using "); }

// "NAME in a.cpp and b.cpp", one for each name that two files of the folder define.
std::set<std::string> shared_names(const fs::path& folder) {
  Definitions definitions;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".cpp" && !entry.path().filename().string().starts_with("fuzz_"))
      read(entry.path(), definitions);
  std::set<std::string> shared;
  for (auto one = definitions.begin(); one != definitions.end(); ++one) {
    for (auto other = std::next(one); other != definitions.upper_bound(one->first); ++other) {
      const bool is_same = is_alias(one->second) && one->second.line == other->second.line;
      if (one->second.file == other->second.file || is_same || is_of_gtest(one->first)) continue;
      const auto files = std::minmax(one->second.file, other->second.file);
      shared.insert(one->first + " in " + files.first + " and " + files.second);
    }
  }
  return shared;
}

TEST(Names, of_a_file_are_its_own) {
  const fs::path root = SOURCE_FOLDER;
  int folders = 0;
  for (const auto* top : {"harness", "reports", "fixtures", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      if (!entry.is_directory()) continue;
      ++folders;
      EXPECT_THAT(shared_names(entry.path()), testing::IsEmpty()) << entry.path();
    }
    EXPECT_THAT(shared_names(root / top), testing::IsEmpty()) << top;
  }
  EXPECT_GT(folders, 30) << "the sources were not found";
}

// A test of the test.
TEST(Names, that_two_files_define_are_found) {
  const auto folder = fs::path(testing::TempDir()) / ("mqtts-names-" + std::to_string(getpid()));
  fs::create_directory(folder);
  std::ofstream(folder / "a.cpp") << "namespace {\n\nusing Json = int;\nint words_of(int);\nconstexpr int most = 3;\n"
                                     "struct Row {\n};\nstd::string alone() {\n}  // namespace\nint apart() {\n";
  std::ofstream(folder / "b.cpp") << "namespace {\nusing Json = int;\nstd::vector<int> words_of(std::string text) {\n"
                                     "constexpr double most{2};\nclass Row {\n  int alone() {\n"
                                     "}  // namespace\nint apart() {\nint alone() {\n";
  EXPECT_THAT(shared_names(folder),
              testing::ElementsAre("Row in a.cpp and b.cpp", "most in a.cpp and b.cpp", "words_of in a.cpp and b.cpp"));
  fs::remove_all(folder);
}

}  // namespace
