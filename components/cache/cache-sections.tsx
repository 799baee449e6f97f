import Link from "next/link";
import { classNames } from "../ui/class-names.ts";

const sections = [
  { href: "/cache", label: "Entries" },
  { href: "/cache/ledger", label: "Ledger" },
  { href: "/cache/reconcile", label: "Reconcile" },
] as const;

/** The pages of the cache, beside its title. */
export function CacheSections({ at }: { at: (typeof sections)[number]["label"] }) {
  return (
    <nav aria-label="Pages of the cache" className="flex gap-1">
      {sections.map(({ href, label }) => (
        <Link
          key={href}
          href={href}
          prefetch={false}
          aria-current={label === at ? "page" : undefined}
          className={classNames(
            "rounded-md px-2 py-1 text-label no-underline hover:bg-hover",
            label === at ? "bg-selected font-medium text-ink" : "text-quiet",
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
