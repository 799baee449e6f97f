import { BlockList, isIPv6 } from "node:net";

/** Where machines of clouds tell their own secrets, and links between neighbours. */
const forbiddenV4 = [
  ["169.254.0.0", 16],
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
  ["192.0.0.192", 32],
] as const;

const forbidden = new BlockList();
forbidden.addSubnet("fe80::", 10, "ipv6");
forbidden.addAddress("fd00:ec2::254", "ipv6");
forbidden.addAddress("fd20:ce::254", "ipv6");
for (const [address, bits] of forbiddenV4) {
  forbidden.addSubnet(address, bits);
  const hex = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  const words = `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`;
  // The same within IPv6: compatible (mapped ones are known to be the same), NAT64, 6to4.
  for (const prefix of ["::", "64:ff9b::", "64:ff9b:1::"]) forbidden.addSubnet(`${prefix}${words}`, 96 + bits, "ipv6");
  forbidden.addSubnet(`2002:${words}::`, 16 + bits, "ipv6");
}

/** Whether an address is of a link or of a machine's metadata, in whichever form: no store stands there. */
export function isForbiddenAddress(address: string): boolean {
  const [bare = ""] = address.split("%");
  return forbidden.check(bare, isIPv6(bare) ? "ipv6" : "ipv4");
}
