#include "harness/remote/firewall.h"

#include <gtest/gtest.h>

namespace mqtts::remote {
namespace {

bool iptables_drops(const std::string& rules, std::uint16_t port = 1883) {
  return surely_drops({.nft = "", .iptables = rules, .ip6tables = ""}, port, Family::ipv4);
}

bool nft_drops(const std::string& rules, std::uint16_t port = 1883, Family family = Family::ipv4) {
  return surely_drops({.nft = rules, .iptables = "", .ip6tables = ""}, port, family);
}

std::string input(const std::string& policy, const std::string& rules) {
  return "*filter\n:INPUT " + policy + " [0:0]\n:FORWARD ACCEPT [0:0]\n" + rules + "COMMIT\n";
}

std::string chain(const std::string& policy, const std::string& rules) {
  return "table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy " + policy + ";\n" +
         rules + "\t}\n}\n";
}

TEST(Firewall, that_is_none_drops_nothing) {
  EXPECT_FALSE(iptables_drops(""));
  EXPECT_FALSE(nft_drops(""));
  EXPECT_FALSE(iptables_drops(input("ACCEPT", "")));
  EXPECT_FALSE(nft_drops(chain("accept", "")));
}

TEST(Firewall, of_iptables_drops_by_its_policy_what_no_rule_lets_in) {
  const std::string usual =
      "-A INPUT -i lo -j ACCEPT\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
      "-A INPUT -p icmp -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n"
      "-A INPUT -p tcp -m multiport --dports 8883,9000:9010 -j ACCEPT\n";
  EXPECT_TRUE(iptables_drops(input("DROP", usual)));
  EXPECT_FALSE(iptables_drops(input("DROP", usual), 8883));
  EXPECT_FALSE(iptables_drops(input("DROP", usual), 9005));
  EXPECT_FALSE(iptables_drops(input("ACCEPT", usual)));
  EXPECT_TRUE(iptables_drops(input("ACCEPT", usual + "-A INPUT -j REJECT --reject-with icmp-port-unreachable\n")));
}

TEST(Firewall, of_iptables_is_not_sure_where_somebody_may_be_let_in) {
  for (const std::string rule :
       {"-s 192.0.2.0/24 -j ACCEPT", "-i eth0 -j ACCEPT", "! -i eth1 -j ACCEPT", "-p tcp -m tcp ! --dport 22 -j ACCEPT",
        "-m set --match-set good src -j ACCEPT", "-j ACCEPT", "-j SOMETHING", "-g there", "-m socket -j ACCEPT",
        "-p tcp -m tcp --dport 1000:2000 -m comment --comment \"a -j DROP\" -j ACCEPT",
        "-m conntrack --ctstate NEW -j ACCEPT"})
    EXPECT_FALSE(iptables_drops(input("DROP", "-A INPUT " + rule + "\n"))) << rule;
  EXPECT_TRUE(iptables_drops(input("DROP", "-A INPUT -p udp -m udp --dport 1883 -j ACCEPT\n")));
}

TEST(Firewall, of_iptables_drops_by_a_rule_for_the_port) {
  EXPECT_TRUE(iptables_drops(input("ACCEPT", "-A INPUT -p tcp -m tcp --dport 1883 -j DROP\n")));
  EXPECT_FALSE(iptables_drops(input("ACCEPT", "-A INPUT -p tcp -m tcp --dport 1884 -j DROP\n")));
  EXPECT_FALSE(iptables_drops(input("ACCEPT", "-A INPUT -s 192.0.2.0/24 -p tcp -m tcp --dport 1883 -j DROP\n")));
  EXPECT_FALSE(iptables_drops(input("ACCEPT", "-A INPUT -i eth0 -p tcp -m tcp --dport 1883 -j DROP\n")));
  EXPECT_FALSE(iptables_drops(input("ACCEPT", "-A FORWARD -p tcp -m tcp --dport 1883 -j DROP\n")));
}

TEST(Firewall, of_iptables_is_followed_into_its_chains) {
  const std::string chains = ":allowed - [0:0]\n:rest - [0:0]\n-A INPUT -j allowed\n-A INPUT -j rest\n";
  const std::string rest = "-A rest -m limit --limit 3/min -j LOG --log-prefix \"[UFW BLOCK] \"\n-A rest -j DROP\n";
  const std::string allowed = "-A allowed -p tcp -m tcp --dport 22 -j ACCEPT\n";
  EXPECT_TRUE(iptables_drops(input("ACCEPT", chains + allowed + rest)));
  EXPECT_FALSE(iptables_drops(input("ACCEPT", chains + allowed + rest), 22));
  EXPECT_FALSE(iptables_drops(input("ACCEPT", chains + allowed + "-A rest -s 192.0.2.1/32 -j RETURN\n" + rest)));
  EXPECT_FALSE(iptables_drops(input("DROP", chains + "-A rest -j rest\n"))) << "a ring";
}

TEST(Firewall, is_not_sure_where_packets_are_sent_elsewhere) {
  const auto closed = input("DROP", "");
  EXPECT_TRUE(iptables_drops(closed + "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --dport 80 -j "
                                      "REDIRECT --to-ports 8080\nCOMMIT\n"));
  EXPECT_FALSE(iptables_drops(closed + "*nat\n:DOCKER - [0:0]\n-A DOCKER ! -i docker0 -p tcp -m tcp --dport 1883 -j "
                                       "DNAT --to-destination 172.17.0.2:1883\nCOMMIT\n"));
  EXPECT_FALSE(nft_drops(chain("drop", "") +
                         "table ip nat {\n\tchain pre {\n\t\ttype nat hook prerouting priority dstnat; policy accept;\n"
                         "\t\ttcp dport 1883 redirect to :8883\n\t}\n}\n"));
}

TEST(Firewall, of_nft_drops_by_its_policy_what_no_rule_lets_in) {
  const std::string usual =
      "\t\tct state vmap { invalid : drop, established : accept, related : accept }\n\t\tiifname \"lo\" accept\n"
      "\t\tmeta l4proto { icmp, ipv6-icmp } accept\n\t\ticmp type echo-request accept\n"
      "\t\ttcp dport { 22,\n\t\t\t     8883 } counter packets 1 bytes 60 accept comment \"{ in\"\n";
  EXPECT_TRUE(nft_drops(chain("drop", usual)));
  EXPECT_TRUE(nft_drops(chain("drop", usual), 1883, Family::ipv6)) << "inet is both";
  EXPECT_FALSE(nft_drops(chain("drop", usual), 8883));
  EXPECT_FALSE(nft_drops(chain("accept", usual)));
  EXPECT_TRUE(
      nft_drops(chain("accept", usual + "\t\tlog prefix \"x \" level info\n\t\tcounter packets 0 bytes 0 drop\n")));
}

TEST(Firewall, of_nft_is_not_sure_where_somebody_may_be_let_in) {
  for (const std::string rule :
       {"accept", "ip saddr 192.0.2.0/24 accept", "iifname \"eth0\" accept", "tcp dport 1000-2000 accept",
        "tcp dport != 22 accept", "tcp dport @open accept", "tcp dport vmap { 22 : accept, 1883 : drop }",
        "ct state new accept", "goto there", "jump there", "xt match \"x\" accept", "meta l4proto { tcp, udp } accept",
        "limit rate 5/second accept", "queue num 1", "tcp flags syn accept"})
    EXPECT_FALSE(nft_drops(chain("drop", "\t\t" + rule + "\n"))) << rule;
}

TEST(Firewall, of_nft_drops_by_a_rule_and_in_one_chain_of_several) {
  EXPECT_TRUE(nft_drops(chain("accept", "\t\ttcp dport { 1883, 1884 } reject with tcp reset\n")));
  EXPECT_FALSE(nft_drops(chain("accept", "\t\tip saddr 192.0.2.1 tcp dport 1883 drop\n")));
  const std::string other =
      "table ip more {\n\tset s {\n\t\ttype ipv4_addr\n\t\telements = { 192.0.2.1,\n\t\t\t192.0.2.2 }\n\t}\n"
      "\tchain in {\n\t\ttype filter hook input priority 10; policy accept;\n\t\ttcp dport 1883 drop\n\t}\n}\n";
  EXPECT_TRUE(nft_drops(chain("accept", "\t\taccept\n") + other)) << "to be let in by one chain is not the end";
  EXPECT_FALSE(nft_drops(other, 1883, Family::ipv6));
  auto dormant = other;
  dormant.insert(dormant.find("\tset s"), "\tflags dormant\n\n");
  EXPECT_FALSE(nft_drops(dormant));
}

TEST(Firewall, is_listed_line_by_line) {
  const auto firewall = parse_firewall("nft table ip x {\nnft }\nip4 *filter\nip6 COMMIT\nsh: oops\n");
  EXPECT_EQ(firewall.nft, "table ip x {\n}\n");
  EXPECT_EQ(firewall.iptables, "*filter\n");
  EXPECT_EQ(firewall.ip6tables, "COMMIT\n");
}

bool nft_lets_in(const std::string& rules, std::uint16_t port = 1883) {
  return surely_lets_in({.nft = rules, .iptables = "", .ip6tables = ""}, port, Family::ipv4);
}

TEST(Firewall, surely_lets_in_where_no_rule_may_drop) {
  EXPECT_TRUE(nft_lets_in("\n")) << "listed, and no rule";
  EXPECT_FALSE(nft_lets_in("")) << "not listed";
  EXPECT_TRUE(nft_lets_in(chain("accept", "")));
  EXPECT_FALSE(nft_lets_in(chain("drop", "")));
  EXPECT_TRUE(nft_lets_in(chain("drop", "\t\ttcp dport 1883 accept\n")));
  EXPECT_TRUE(nft_lets_in(chain("accept", "\t\ttcp dport 22 drop\n")));
  for (const std::string rule :
       {"tcp dport 1883 drop", "ip saddr 10.0.0.0/8 drop", "jump x", "frobnicate drop", "xt match"})
    EXPECT_FALSE(nft_lets_in(chain("accept", "\t\t" + rule + "\n"))) << rule;
  EXPECT_FALSE(
      surely_lets_in({.nft = "", .iptables = "*filter\n:INPUT DROP [0:0]\n", .ip6tables = ""}, 1883, Family::ipv4));
  EXPECT_TRUE(surely_lets_in({.nft = "",
                              .iptables = "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp --dport 1883 -j ACCEPT\n",
                              .ip6tables = ""},
                             1883, Family::ipv4));
  EXPECT_FALSE(
      surely_lets_in({.nft = "", .iptables = "*filter\n:INPUT ACCEPT [0:0]\n", .ip6tables = ""}, 1883, Family::ipv6))
      << "only the rules of IPv4 were listed";
}

}  // namespace
}  // namespace mqtts::remote
