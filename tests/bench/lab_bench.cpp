// What a run of the lab on the embedded host costs. Usage: lab_bench PROGRAM PLAN [RUNS]
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/pki/minted_materials.h"
#include "harness/plan/load.h"
#include "harness/probes/probes.h"
#include "harness/ssh/shell.h"
#include "harness/targets/embedded/launcher.h"
#include "harness/targets/load_target.h"

namespace {

using namespace mqtts;
namespace fs = std::filesystem;

struct RunCost {
  double seconds = 0;
  double megabytes = 0;  // peak resident memory of the program
};

RunCost run(std::vector<std::string> arguments) {
  std::vector<char*> words;
  for (auto& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  const auto start = Clock::now();
  const pid_t child = fork();
  if (child == 0) {
    dup2(open("/dev/null", O_RDWR | O_CLOEXEC), STDOUT_FILENO);
    execv(words[0], words.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error(arguments[1] + " failed");
  return {seconds_since(start), static_cast<double>(usage.ru_maxrss) / 1024};
}

// What was measured, by name, in the order in which it is to be shown.
class Table {
 public:
  void add(const std::string& name, double value) {
    if (!values_.contains(name)) order_.push_back(name);
    values_[name].push_back(value);
  }
  void print(const char* unit) {
    for (const auto& name : order_) {
      auto& all = values_[name];
      std::ranges::sort(all);
      fmt::print("  {:<44} {:8.3f} {:8.3f} {:8.3f} {}\n", name, all[all.size() / 2], all.front(), all.back(), unit);
    }
  }

 private:
  std::vector<std::string> order_;
  std::map<std::string, std::vector<double>> values_;
};

void add_stages(const fs::path& results, Table& table) {
  const auto report = nlohmann::json::parse(std::ifstream(results));
  double minting = 0;
  double total = 0;
  for (const auto& stage : report["targets"][0]["stages"]) {
    const auto id = stage["id"].get<std::string>();
    const auto& timing = stage["timing"];
    minting += timing["minting"].get<double>();
    total += stage["seconds"].get<double>() - timing["minting"].get<double>();
    table.add(id + ": SSH", timing["transfer"]);
    table.add(id + ": broker restart", timing["restart"]);
    table.add(id + ": probing", timing["probing"]);
  }
  table.add("all stages, less waiting for keys", total);
  table.add("all stages: waiting for keys", minting);
}

// The parts that a run does side by side, each alone.
void measure_parts(const Plan& plan, Table& table) {
  const auto deadline = Deadline::in(std::chrono::seconds(60));
  auto start = Clock::now();
  auto host = targets::EmbeddedHost::start(deadline);
  if (!host) throw std::runtime_error(to_english(host.error().what));
  table.add("start the embedded host", seconds_since(start));

  const auto target = targets::load_target(host->target_file()).target.value();
  start = Clock::now();
  const auto shell = ssh::open_ssh_shell(*target.ssh, ssh::Privilege::login_user, deadline);
  if (!shell) throw std::runtime_error(to_english(shell.error().what));
  table.add("log in by SSH, start the shell", seconds_since(start));

  const auto folder = fs::path(host->target_file()).parent_path() / "bench";
  fs::create_directory(folder);
  start = Clock::now();
  pki::MintedMaterials materials(plan.materials, folder, pki::in_order_of_need(plan));
  for (const auto& [name, spec] : plan.materials.certificates) static_cast<void>(materials.certificate(name));
  table.add("mint the lab's keys and certificates", seconds_since(start));
}

// Counted by the broker itself.
std::size_t connections_of_a_run(const std::string& program, const std::string& plan, const fs::path& folder) {
  const auto deadline = Deadline::in(std::chrono::seconds(60));
  const auto host = targets::EmbeddedHost::start(deadline);
  if (!host) throw std::runtime_error(to_english(host.error().what));
  run({program, "run", plan, "--target", host->target_file(), "--out", folder / "out"});
  std::ifstream log(targets::load_target(host->target_file()).target.value().broker.log_path);
  const std::string text{std::istreambuf_iterator<char>(log), {}};
  const std::regex line("New connection from|Client connection from .* failed");
  return static_cast<std::size_t>(std::distance(std::sregex_iterator(text.begin(), text.end(), line), {}));
}

void bench(const std::string& program, const std::string& plan_path, int runs) {
  auto pattern = (fs::temp_directory_path() / "mqtts-bench.XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder");
  const fs::path folder = pattern;
  const auto plan = plan::load_plan(plan_path, {}, probes::kinds()).plan.value();

  Table whole;
  Table memory;
  for (int i = 0; i < runs; ++i) {
    const auto cost = run({program, "run", plan_path, "--out", folder / "out"});
    whole.add("the whole command", cost.seconds);
    memory.add("peak memory", cost.megabytes);
    add_stages(folder / "out/results.json", whole);
    // In turns, so that both meet the same machine.
    const auto recorded = run({program, "run", plan_path, "--capture", "--keylog", "--out", folder / "recorded"});
    whole.add("with --capture --keylog", recorded.seconds);
    memory.add("peak memory with --capture --keylog", recorded.megabytes);
  }
  Table parts;
  for (int i = 0; i < runs; ++i) measure_parts(plan, parts);

  fmt::print("{} runs of {} on the embedded host\n\n  {:<44} {:>8} {:>8} {:>8}\n", runs, plan.name, "", "median",
             "least", "most");
  whole.print("s");
  memory.print("MB");
  fmt::print("\n  each part alone\n");
  parts.print("s");
  fmt::print("\n  connections made to the broker: {}\n", connections_of_a_run(program, plan_path, folder));
  fs::remove_all(folder);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: lab_bench PROGRAM PLAN [RUNS]\n");
    return 2;
  }
  bench(argv[1], argv[2], argc > 3 ? std::stoi(argv[3]) : 10);
  return 0;
}
