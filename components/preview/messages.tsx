/** Why reading stopped before the end. */
export function Problem({ children }: { children: string }) {
  return (
    <p role="status" className="m-0 text-label text-amber">
      Read until here only: {children}
    </p>
  );
}

/** That there is more than is shown. */
export function Cut({ children }: { children: string }) {
  return <p className="m-0 text-label text-quiet">{children}</p>;
}
