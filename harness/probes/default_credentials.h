// Accounts that brokers come with, and that their documentation publishes.
#pragma once

#include <array>
#include <string_view>

namespace mqtts::probes {

struct DefaultCredentials {
  std::string_view user_name;
  std::string_view password;
  std::string_view broker;
  std::string_view source;
};

// The likeliest first, and no user name twice among the first three: a broker may lock an account after few wrong
// logins.
inline constexpr std::array<DefaultCredentials, 5> default_credentials = {{
    {"guest", "guest", "RabbitMQ", "github.com/docker-library/rabbitmq: conf.d/10-defaults.conf"},
    {"admin", "public", "EMQX", "github.com/hjianbo/emq-dashboard: README"},
    {"artemis", "artemis", "ActiveMQ Artemis", "activemq.apache.org/artemis/docs/latest/docker.html"},
    {"admin", "admin", "ActiveMQ", "conf/users.properties of its release"},
    {"admin", "hivemq", "HiveMQ", "docs.hivemq.com/hivemq/latest/control-center/configuration.html"},
}};

}  // namespace mqtts::probes
