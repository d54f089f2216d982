// What only harness/brokers may know: the directives, the log and the programs of a kind of broker. Fixtures, tests and
// scenarios are about brokers of one kind, and may.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <gmock/gmock.h>

namespace {

namespace fs = std::filesystem;

// No list of all that Mosquitto has: words that nobody writes who does not mean it. "cafile" is an option of its
// clients, too, and "password_file" a key of plans and targets.
constexpr const char* telltales[] = {
    "acl_file",         "allow_anonymous",
    "bind_address",     "certfile",
    "Config loaded",    "crlfile",
    "include_dir",      "keyfile",
    "listen socket on", "log_dest",
    "log_type",         "mosquitto version",
    "mosquitto_passwd", "Opening ipv",
    "password_file /",  "per_listener_settings",
    "psk_file",         "require_certificate",
    "use_identity_as_",
};

bool is_scanned(const fs::path& path) {
  return path.extension() == ".h" || path.extension() == ".cpp" || path.extension() == ".sh";
}

// "PATH: TELLTALE", one for each that a source below `root` has; `scanned` counts the sources.
std::set<std::string> telltales_below(const fs::path& root, int& scanned) {
  std::set<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const auto path = entry.path().lexically_relative(root).generic_string();
    if (!entry.is_regular_file() || !is_scanned(entry.path()) || path.starts_with("brokers/")) continue;
    ++scanned;
    std::ifstream in(entry.path());
    const std::string text(std::istreambuf_iterator<char>(in), {});
    for (const std::string telltale : telltales)
      if (text.find(telltale) != std::string::npos) found.insert(path + ": " + telltale);
  }
  return found;
}

TEST(BrokerSyntax, is_known_to_harness_brokers_alone) {
  const fs::path root = SOURCE_FOLDER;
  int scanned = 0;
  for (const auto* top : {"harness", "reports"})
    EXPECT_THAT(telltales_below(root / top, scanned), testing::IsEmpty()) << top;
  EXPECT_GT(scanned, 200) << "the sources were not found";
}

// A test of the test.
TEST(BrokerSyntax, that_is_elsewhere_is_found) {
  const auto folder = fs::path(testing::TempDir()) / ("mqtts-syntax-" + std::to_string(getpid()));
  fs::create_directories(folder / "brokers");
  fs::create_directories(folder / "remote");
  std::ofstream(folder / "brokers" / "mosquitto.sh") << "keyfile\n";
  std::ofstream(folder / "remote" / "a.sh") << "case $lines in *\"Opening ipv4 listen socket on port\"*) ;; esac\n";
  std::ofstream(folder / "remote" / "b.cpp") << "key == \"password_file\"; // a key of plans\nline = \"keyfile /k\";\n";
  std::ofstream(folder / "remote" / "c.md") << "allow_anonymous\n";
  std::ofstream(folder / "d.h") << "// allow_anonymous false\n";
  int scanned = 0;
  EXPECT_THAT(telltales_below(folder, scanned),
              testing::ElementsAre("d.h: allow_anonymous", "remote/a.sh: Opening ipv", "remote/a.sh: listen socket on",
                                   "remote/b.cpp: keyfile"));
  EXPECT_EQ(scanned, 3);
  fs::remove_all(folder);
}

}  // namespace
