// `init [DIR]`: a first plan and target file, for a broker of the user's own.
#include <algorithm>
#include <cctype>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "harness/cli/command.h"
#include "harness/cli/first_files.h"
#include "harness/cli/output.h"
#include "harness/pki/material_files.h"
#include "harness/pki/pem.h"
#include "harness/util/exit_status.h"
#include "harness/util/shell_quote.h"
#include "reports/plain_text.h"

namespace mqtts::cli {
namespace {

struct InitOptions {
  std::string folder = ".";
  FirstTarget target;
  std::shared_ptr<ConsoleOptions> console;
};

// As a shell reads it, and as a person types it.
std::string as_word(const std::string& path) {
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '.' || c == '_' || c == '-';
  };
  return reports::plain_line(std::ranges::all_of(path, is_plain) ? path : shell_quoted(path));
}

Result<void> check_given_files(const FirstTarget& target) {
  if (!target.ca.empty()) {
    const auto certificate = pki::read_pem(target.ca).and_then(pki::parse_certificate);
    if (!certificate) return tl::unexpected(certificate.error());
  }
  if (target.password_file.empty()) return {};
  if (const auto password = pki::read_pem(target.password_file); !password) return tl::unexpected(password.error());
  return {};
}

void tell_next(const std::vector<FirstFile>& files, const FirstTarget& target, const reports::Translator& tr) {
  const auto plan = as_word(files[0].path.string());
  const auto target_file = as_word(files[1].path.string());
  const auto step = [&](const Message& what, const std::string& command) {
    std::cout << tr(what) << "\n  " << command << '\n';
  };
  step(msg("Find mistakes in both files:"), "mqtts-harness validate " + plan + " " + target_file);
  step(msg("Run it on a private broker of this machine:"), "mqtts-harness run " + plan);
  if (target.ca.empty())
    std::cout << tr(msg("Put the certificate of your broker's CA here: {path}",
                        {{"path", (files[1].path.parent_path() / "ca.crt").string()}}))
              << '\n';
  if (target.password_file.empty())
    step(msg("Give the password of {user}:", {{"user", target.user}}),
         std::string("read -rs ") + password_variable + "; export " + password_variable);
  step(msg("Judge your broker as it stands:"), "mqtts-harness run " + plan + " --observe --target " + target_file);
}

// An IPv6 address has more than one colon.
bool has_port(const std::string& host) { return std::ranges::count(host, ':') == 1; }

int init(const InitOptions& options) {
  const auto tr = translator_for(*options.console);
  if (has_port(options.target.host))
    return print_error({ErrorKind::usage, msg("{host} is no host: it has a port", {{"host", options.target.host}}),
                        msg("give the port by --tls-port")},
                       tr);
  if (const auto checked = check_given_files(options.target); !checked) {
    print_error(checked.error(), tr);
    return exit_usage;
  }
  const auto files = first_files(options.target, options.folder);
  if (!files) return print_error(files.error(), tr);
  if (const auto written = write_first_files(*files); !written) {
    print_error(written.error(), tr);
    return exit_usage;
  }
  if (options.console->quiet) return exit_ok;
  for (const auto& file : *files)
    std::cout << tr(msg("written: {path}", {{"path", reports::plain_line(file.path.string())}})) << '\n';
  tell_next(*files, options.target, tr);
  return exit_ok;
}

}  // namespace

Body add_init(CLI::App& command) {
  auto options = std::make_shared<InitOptions>();
  auto& target = options->target;
  command
      .add_option("dir", options->folder, "Where the files go (default: the current folder); made where it is missing")
      ->type_name("DIR");
  const auto group = "Your broker";
  command.add_option("--host", target.host, "Its name or address (default: localhost)")
      ->type_name("HOST")
      ->group(group);
  const CLI::Range ports(1, 65535);
  command.add_option("--tls-port", target.tls_port, "Its port with TLS (default: 8883)")->check(ports)->group(group);
  command.add_option("--plain-port", target.plain_port, "The port that must be closed (default: 1883)")
      ->check(ports)
      ->group(group);
  command.add_option("--ca", target.ca, "Certificate of the CA that signed the broker's (default: ca.crt in DIR)")
      ->type_name("FILE")
      ->group(group);
  command.add_option("--user", target.user, "An account that it lets in (default: alice)")
      ->type_name("NAME")
      ->group(group);
  command
      .add_option("--password-file", target.password_file,
                  "A file whose first line is that account's password (default: $MQTT_PASSWORD, when it is run)")
      ->type_name("FILE")
      ->group(group);
  options->console = add_console_options(command);
  return [options](const std::vector<std::string>&) { return init(*options); };
}

}  // namespace mqtts::cli
