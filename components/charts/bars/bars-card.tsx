"use client";
import { type ReactNode, useMemo, useRef } from "react";
import { formatCount, formatDuration, formatPlural, formatShare } from "../../ui/format.ts";
import { escapeInvisible } from "../../ui/visible-text.ts";
import { ChartCard } from "../frame/chart-card.tsx";
import type { ChartTable } from "../frame/export.ts";
import { useWidth } from "../frame/use-width.ts";
import { type Bar, type BarGroup, type BarsPicture, type BarsRoom, barOf, prepareBars } from "./prepare.ts";

export interface BarsCardProps {
  title: string;
  parts: readonly { name: string; colour: string }[];
  kind: BarsRoom["kind"];
  groups: readonly BarGroup[];
  /** What the line over the bars is: the first part of the whole. */
  shareName: string;
  /** `run`, `day`: what a bar stands for. */
  one: string;
  /** A group that is marked, and why. */
  mark?: { key: string; words: string } | null;
  /** Only groups that have a bar of their own open. */
  onOpen?: (key: string) => void;
  /** Under the plot. */
  children?: ReactNode;
}

const height = 120;
const left = 52;
const right = 48;
const foot = 4;

/** Bars of a few parts, with the share of the first part as a line on a scale of its own. */
export function BarsCard({ title, parts, kind, groups, shareName, one, mark, onOpen, children }: BarsCardProps) {
  const plot = useRef<HTMLDivElement>(null);
  const width = useWidth(plot);
  const picture = useMemo(
    () => prepareBars(groups, { width: Math.max(1, width - left - right), height, kind }),
    [groups, width, kind],
  );
  const tell = (bar: Bar) => tellBar(bar, parts, kind, shareName);
  const count = formatPlural(groups.length, one);
  return (
    <ChartCard
      name={title}
      title={title}
      count={picture.folded > 1 ? `${count} as ${formatPlural(picture.bars.length, "bar")}` : count}
      table={groups.length > 0 ? () => tableOf(title, groups, parts, shareName, one) : null}
    >
      <div className="px-3 pb-2">
        <div ref={plot} className="min-w-0">
          {width > 0 && (
            <Plot
              picture={picture}
              width={width}
              parts={parts}
              tell={tell}
              label={`${title}, ${count}`}
              onOpen={onOpen}
            >
              {mark && <Mark bar={barOf(picture, groups, mark.key)} words={mark.words} />}
            </Plot>
          )}
        </div>
        <ul className="m-0 flex list-none flex-wrap gap-x-4 gap-y-1 p-0 pt-1 text-label text-quiet">
          {parts.map(({ name, colour }) => (
            <li key={name} className="flex items-center gap-1.5">
              <svg aria-hidden width={10} height={10}>
                <rect width={10} height={10} rx={2} fill={colour} />
              </svg>
              {name}
            </li>
          ))}
          <li className="flex items-center gap-1.5">
            <span aria-hidden className="h-0.5 w-3 bg-ink" />
            {shareName}
          </li>
        </ul>
        {children}
      </div>
    </ChartCard>
  );
}

function Plot({
  picture,
  width,
  parts,
  tell,
  label,
  onOpen,
  children,
}: {
  picture: BarsPicture;
  width: number;
  parts: BarsCardProps["parts"];
  tell(bar: Bar): string;
  label: string;
  onOpen: ((key: string) => void) | undefined;
  children: ReactNode;
}) {
  const { bars, axis } = picture;
  const end = width - right;
  const yOf = (amount: number) => height - (amount / axis.domain[1]) * height;
  const line = bars.flatMap(({ share, x, width: wide }) =>
    share === null ? [] : [`${left + x + wide / 2},${(1 - share) * height}`],
  );
  return (
    <svg width={width} height={height + foot + 12} role="img" aria-label={escapeInvisible(label)} data-chart="bars">
      <g transform="translate(0 8)" fontSize={11}>
        {axis.ticks.map((tick, index) => (
          <g key={tick}>
            <line x1={left} x2={end} y1={yOf(tick)} y2={yOf(tick)} stroke="var(--line)" />
            <text x={left - 6} y={yOf(tick) + 4} textAnchor="end" fill="var(--text-faint)">
              {axis.labels[index]}
            </text>
          </g>
        ))}
        {[0, 0.5, 1].map((share) => (
          <text key={share} x={end + 6} y={(1 - share) * height + 4} fill="var(--text-faint)">
            {share * 100} %
          </text>
        ))}
        {bars.map((bar) => (
          <g
            key={bar.key}
            transform={`translate(${left + bar.x} 0)`}
            data-tip={tell(bar)}
            {...(onOpen && bar.groups === 1 && { onClick: () => onOpen(bar.key), className: "cursor-pointer" })}
          >
            <rect width={bar.width} height={height} fill="transparent" />
            {bar.segments.map((segment, part) => (
              <rect
                key={parts[part]?.name}
                y={segment.y}
                width={bar.width}
                height={segment.height}
                fill={parts[part]?.colour}
              />
            ))}
          </g>
        ))}
        <polyline points={line.join(" ")} fill="none" stroke="var(--text)" strokeWidth={1.5} pointerEvents="none" />
        {line.length <= 60 &&
          line.map((point) => {
            const [x, y] = point.split(",");
            return <circle key={point} cx={x} cy={y} r={2.5} fill="var(--text)" pointerEvents="none" />;
          })}
        {children}
      </g>
    </svg>
  );
}

function Mark({ bar, words }: { bar: Bar | null; words: string }) {
  if (!bar) return null;
  const at = left + bar.x + bar.width / 2;
  return (
    <g data-tip={words} data-mark>
      <line x1={at} x2={at} y1={-2} y2={height} stroke="var(--red)" strokeWidth={2} strokeDasharray="4 3" />
      <path d={`M${at - 5} -8h10l-5 8z`} fill="var(--red)" />
    </g>
  );
}

function tellBar(bar: Bar, parts: BarsCardProps["parts"], kind: BarsRoom["kind"], shareName: string): string {
  const amount = kind === "duration" ? formatDuration : formatCount;
  const told = bar.amounts.map((value, part) => `${parts[part]?.name}: ${amount(value)}`);
  return [escapeInvisible(bar.label), ...told, `${shareName}: ${formatShare(bar.share)}`].join("\n");
}

function tableOf(
  caption: string,
  groups: readonly BarGroup[],
  parts: BarsCardProps["parts"],
  shareName: string,
  one: string,
): ChartTable {
  const shareOf = ({ amounts }: BarGroup) => {
    const whole = amounts.reduce((sum, amount) => sum + amount, 0);
    return whole > 0 ? (amounts[0] ?? 0) / whole : null;
  };
  return {
    caption,
    columns: [{ name: one }, ...[...parts.map(({ name }) => name), shareName].map((name) => ({ name, numeric: true }))],
    rowCount: groups.length,
    cell(row, column) {
      const group = groups[row]!;
      if (column === 0) return group.label;
      return column > parts.length ? shareOf(group) : (group.amounts[column - 1] ?? null);
    },
  };
}
