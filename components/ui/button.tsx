"use client";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { classNames } from "./class-names.ts";

export type ButtonLook = "plain" | "quiet" | "primary" | "danger";

const looks: Record<ButtonLook, string> = {
  plain: "border border-line bg-canvas hover:bg-hover",
  quiet: "border border-transparent hover:bg-hover",
  primary: "border border-transparent bg-accent-fill text-on-accent hover:brightness-110",
  danger: "border border-transparent bg-danger-fill text-on-accent hover:brightness-110",
};

function buttonClass(look: ButtonLook, className?: string): string {
  return classNames(
    "control inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md text-body font-medium whitespace-nowrap no-underline select-none",
    "disabled:opacity-55 disabled:pointer-events-none aria-pressed:bg-selected aria-expanded:bg-hover",
    looks[look],
    className,
  );
}

/** A button; `plain` unless told. Red (`danger`) is for the last button of a destructive act only. */
export function Button({
  look = "plain",
  className,
  type = "button",
  ...rest
}: ComponentProps<"button"> & { look?: ButtonLook }) {
  return <button type={type} className={buttonClass(look, className)} {...rest} />;
}

/** A link that looks like a button, since it leads somewhere. */
export function ButtonLink({
  look = "plain",
  className,
  ...rest
}: ComponentProps<typeof Link> & { look?: ButtonLook }) {
  return <Link className={buttonClass(look, className)} prefetch={false} {...rest} />;
}

/** A square button with a picture only; `label` is its name and its tooltip. */
export function IconButton({
  label,
  look = "quiet",
  className,
  children,
  ...rest
}: Omit<ComponentProps<"button">, "aria-label"> & { label: string; look?: ButtonLook; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-label={label}
      data-tip={label}
      className={buttonClass(look, classNames("w-8 px-0", className))}
      {...rest}
    >
      {children}
    </button>
  );
}
