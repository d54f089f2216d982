#include "tests/e2e/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include <gtest/gtest.h>

namespace mqtts::e2e {
namespace {

using Time = std::chrono::steady_clock;
constexpr auto time_to_print = std::chrono::seconds(60);

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() {
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

Program::Program(std::vector<std::string> arguments, const std::filesystem::path& folder,
                 const Environment& environment, int input) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    const auto name = text.substr(0, text.find('='));
    if (!environment.contains(name) && !name.starts_with("LC_") && name != "LANG") variables.push_back(text);
  }
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  auto words = pointers(arguments);
  auto places = pointers(variables);

  const Pipe out;
  const Pipe err;
  process_ = fork();
  if (process_ < 0) throw std::runtime_error("fork");
  if (process_ == 0) {
    setpgid(0, 0);
    dup2(input >= 0 ? input : open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
    dup2(out.ends[1], 1);
    dup2(err.ends[1], 2);
    if (chdir(folder.c_str()) == 0) execve(words[0], words.data(), places.data());
    _exit(127);
  }
  close(out.ends[1]);
  close(err.ends[1]);
  out_ = out.ends[0];
  err_ = err.ends[0];
}

Program::~Program() {
  if (!waited_) {
    kill(-process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  close(out_);
  close(err_);
}

void Program::signal(int number) const { kill(process_, number); }

bool Program::read_some(std::chrono::milliseconds wait) {
  pollfd ends[] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};
  if (poll(ends, 2, static_cast<int>(wait.count())) <= 0) return true;
  bool open = false;
  for (auto& end : ends) {
    if (end.revents == 0) {
      open = true;
      continue;
    }
    char buffer[4096];
    const auto bytes = ::read(end.fd, buffer, sizeof buffer);
    if (bytes > 0) (end.fd == out_ ? ended_.out : ended_.err).append(buffer, static_cast<std::size_t>(bytes));
    open = open || bytes > 0;
  }
  return open;
}

bool Program::prints(const std::string& text) {
  const auto give_up = Time::now() + time_to_print;
  while (ended_.out.find(text) == std::string::npos) {
    if (Time::now() > give_up || !read_some(std::chrono::milliseconds(100))) return false;
  }
  return true;
}

bool Program::then_prints(const std::string& text) {
  const auto give_up = Time::now() + time_to_print;
  for (;;) {
    if (const auto at = ended_.out.find(text, read_to_); at != std::string::npos) {
      read_to_ = at + text.size();
      return true;
    }
    if (Time::now() > give_up || !read_some(std::chrono::milliseconds(100))) return false;
  }
}

Ended Program::end(std::chrono::seconds patience) {
  const auto give_up = Time::now() + patience;
  int status = 0;
  // A process that the program left behind may keep the pipes open, so wait for the program's own end.
  while (waitpid(process_, &status, WNOHANG) == 0) {
    if (Time::now() > give_up) {
      ADD_FAILURE() << "the program hangs; it printed:\n" << ended_.out << ended_.err;
      kill(-process_, SIGKILL);
    }
    read_some(std::chrono::milliseconds(20));
  }
  waited_ = true;
  for (auto before = ended_.out.size() + ended_.err.size();;) {
    read_some(std::chrono::milliseconds(0));
    const auto now = ended_.out.size() + ended_.err.size();
    if (now == before) break;
    before = now;
  }
  ended_.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended_;
}

Folder::Folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "mqtts-e2e.XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = pattern;
}

Folder::~Folder() {
  if (::testing::Test::HasFailure())
    std::cerr << "kept: " << path_ << '\n';
  else
    std::filesystem::remove_all(path_);
}

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::vector<pid_t> processes_marked(const std::string& value) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (!std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) continue;
    const auto variables = std::string(1, '\0') + read(entry.path() / "environ");
    if (variables.find(std::string(1, '\0') + "MARK=" + value + '\0') != std::string::npos)
      found.push_back(std::stoi(name));
  }
  return found;
}

std::string harness() { return HARNESS_PROGRAM; }
std::string lab_plan() { return LAB_PLAN; }

}  // namespace mqtts::e2e
