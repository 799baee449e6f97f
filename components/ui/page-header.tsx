import type { ReactNode } from "react";

/** The head of a page: its one `h1`, what stands beside it, and its actions. */
export function PageHeader({
  title,
  children,
  actions,
}: {
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <header className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-4 pt-3 pb-2">
      <h1 className="min-w-0 text-title font-semibold">{title}</h1>
      {children && <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-quiet">{children}</div>}
      {actions && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
