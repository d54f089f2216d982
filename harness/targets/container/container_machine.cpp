#include "harness/targets/container/container_machine.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <random>
#include <system_error>

#include <fmt/format.h>

#include "harness/ssh/address.h"
#include "harness/ssh/user_key.h"
#include "harness/util/fd.h"
#include "harness/util/read_file.h"
#include "harness/util/run_program.h"

namespace mqtts::targets {

namespace {

using namespace std::chrono_literals;

constexpr const char* address = "127.0.0.1";
constexpr auto time_to_start = 60s;
constexpr auto time_to_connect = 5s;
constexpr auto time_to_end = 10s;

Result<void> write_known_hosts(const std::filesystem::path& path, std::uint16_t port, const std::string& host_key) {
  std::ofstream file(path, std::ios::binary);
  file << fmt::format("[{}]:{} {}\n", address, port, host_key);
  file.close();
  if (file) return {};
  return failure(ErrorKind::local, msg("{path} cannot be written", {{"path", path}}),
                 msg("make room there, or set TMPDIR to a folder that you can write"));
}

}  // namespace

std::vector<std::string> run_arguments(const std::string& name, const std::string& image, std::uint16_t ssh_port,
                                       const std::string& public_key) {
  return {
      "run", "--interactive", "--rm", "--name", name, "--label", "mqtts-harness=" + std::to_string(getpid()),
      "--network", "host",
      // As on a real machine, root may inspect the sockets of the broker, and sshd and sudo may write the audit log.
      "--cap-add", "SYS_PTRACE", "--cap-add", "AUDIT_WRITE", "--env", "MQTTS_AUTHORIZED_KEY=" + public_key, "--env",
      std::string("MQTTS_SSH_ADDRESS=") + address, "--env", "MQTTS_SSH_PORT=" + std::to_string(ssh_port), image,
      "serve"};
}

std::string host_key_in(const std::string& ready_line) {
  const std::string start = "ready ";
  if (!ready_line.starts_with(start + "ssh-")) return {};
  const auto key = ready_line.substr(start.size());
  const auto space = key.find(' ');
  const bool is_clean =
      key.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=- ") == std::string::npos;
  return is_clean && space != std::string::npos && key.find(' ', space + 1) == std::string::npos ? key : "";
}

Target machine_target(const std::string& name, const MachinePorts& ports, const std::filesystem::path& folder,
                      BrokerProfile profile) {
  Target target{.name = name, .mqtt = {address, ports.tls, ports.plain}};
  target.ssh = SshAddress{.host = address,
                          .port = ports.ssh,
                          .user = login_user,
                          .identity_files = {folder / "user_key"},
                          .known_hosts_file = folder / "known_hosts"};
  target.broker = std::move(profile);
  target.broker.plain_listener = fmt::format("{} {}", ports.plain, address);
  target.broker.tls_listener = fmt::format("{} {}", ports.tls, address);
  return target;
}

Machine::Machine(Engine engine, LoopbackPort ssh, LoopbackPort plain, LoopbackPort tls)
    : engine_(std::move(engine)),
      ssh_(std::move(ssh)),
      plain_(std::move(plain)),
      tls_(std::move(tls)),
      name_(fmt::format("mqtts-harness-{:08x}", std::random_device()())) {}

Machine::Machine(Machine&& other) noexcept
    : engine_(std::move(other.engine_)),
      ssh_(std::move(other.ssh_)),
      plain_(std::move(other.plain_)),
      tls_(std::move(other.tls_)),
      name_(std::move(other.name_)),
      helper_(std::exchange(other.helper_, Helper())) {}

Machine::~Machine() {
  if (helper_.process_id == 0) return;
  helper_.lifeline = Fd();
  if (wait_for_end(helper_.process_id, Deadline::in(time_to_end))) return;
  kill(-helper_.process_id, SIGKILL);
  wait_for_end(helper_.process_id, Deadline::in(time_to_end));
  static_cast<void>(engine_.run({"rm", "--force", name_}, Deadline::in(time_to_end)));
}

MachinePorts Machine::ports() const { return {ssh_.number(), plain_.number(), tls_.number()}; }

Result<Machine> Machine::start(const Engine& engine, const std::string& image, const std::filesystem::path& folder,
                               const Deadline& deadline) {
  auto ssh = reserve_on_loopback();
  auto plain = reserve_on_loopback();
  auto tls = reserve_on_loopback();
  for (const auto* port : {&ssh, &plain, &tls})
    if (!*port) return tl::make_unexpected(port->error());
  Machine machine(engine, *std::move(ssh), *std::move(plain), *std::move(tls));
  const auto public_key = ssh::make_ssh_key(folder / "user_key");
  if (!public_key) return tl::make_unexpected(public_key.error());

  const auto words = folder / "engine.log";
  const Fd error(open(words.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  std::array<int, 2> input{}, output{};
  if (error.get() < 0 || pipe2(input.data(), O_CLOEXEC) != 0)
    return failure(ErrorKind::local, msg("{program} cannot be run", {{"program", engine.program()}}), {},
                   std::generic_category().message(errno));
  const Fd their_input(input[0]);
  machine.helper_.lifeline = Fd(input[1]);
  if (pipe2(output.data(), O_CLOEXEC) != 0)
    return failure(ErrorKind::local, msg("{program} cannot be run", {{"program", engine.program()}}), {},
                   std::generic_category().message(errno));
  machine.helper_.answer = Fd(output[0]);
  std::optional<std::string> line;
  const auto start_deadline = deadline.within(time_to_start);
  {
    const Fd their_output(output[1]);
    const auto child = spawn(engine.program(), run_arguments(machine.name_, image, machine.ports().ssh, *public_key),
                             {their_input.get(), their_output.get(), error.get()});
    if (!child)
      return failure(ErrorKind::local, msg("{program} cannot be run", {{"program", engine.program()}}), {},
                     std::generic_category().message(child.error()));
    machine.helper_.process_id = *child;
  }
  line = read_line(machine.helper_.answer.get(), start_deadline);
  if (!line)
    return failure(deadline.stopped() ? ErrorKind::interrupted : ErrorKind::timeout,
                   msg("the container of {image} was not ready in time", {{"image", image}}),
                   msg("is the machine overloaded?"), last_words(read_file(words).value_or("")));
  const auto host_key = host_key_in(*line);
  if (host_key.empty())
    return failure(ErrorKind::local,
                   msg("the container of {image} ended before its SSH server was ready", {{"image", image}}),
                   msg("the image must be built from fixtures/machines/Containerfile; its argument BASE may be any "
                       "Debian 12 or Ubuntu 24.04"),
                   last_words(read_file(words).value_or("") + *line));
  if (const auto written = write_known_hosts(folder / "known_hosts", machine.ports().ssh, host_key); !written)
    return tl::make_unexpected(written.error());
  // If the engine runs on another machine, its loopback is not this machine's.
  if (!ssh::connect_tcp(address, machine.ports().ssh, start_deadline.within(time_to_connect)))
    return failure(
        ErrorKind::unreachable,
        msg("the container runs, but its SSH server is not to be found on this machine's loopback"),
        msg("{engine} must run containers on this very machine: not in a virtual machine, nor on another host",
            {{"engine", engine.name()}}));
  return machine;
}

}  // namespace mqtts::targets
