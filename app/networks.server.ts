import { BlockList, isIPv4, isIPv6 } from "node:net";

/** Addresses and networks, separated by commas: `10.0.0.7, 172.16.0.0/12, ::1`. Undefined when one of them is neither. */
export function parseNetworks(list: string): BlockList | undefined {
  const networks = new BlockList();
  for (const entry of list.split(",").map((text) => text.trim())) {
    if (entry === "") continue;
    const [address = "", bits, ...rest] = entry.split("/");
    const longest = isIPv4(address) ? 32 : isIPv6(address) ? 128 : undefined;
    if (longest === undefined || rest.length > 0 || !/^\d{1,3}$/.test(bits ?? "0")) return undefined;
    const prefix = Number(bits ?? longest);
    if (prefix > longest) return undefined;
    networks.addSubnet(address, prefix, longest === 32 ? "ipv4" : "ipv6");
  }
  return networks;
}
