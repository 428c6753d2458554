import elk, { type ElkNode, type ElkExtendedEdge, type ElkPort } from 'elkjs/lib/elk.bundled.js';
import type { Stream } from '../src/core/stream/stream.ts';
import { type DocumentedPlatform, referredField } from './docs-platforms.ts';

// Draws a diagram of a platform's streams: a box per stream with its key and foreign keys, and a line from each foreign
// key to the stream that it refers to. ELK computes the positions of boxes and lines.

const BOX_WIDTH = 222;
const TITLE_HEIGHT = 26;
const ROW_HEIGHT = 18;
const PADDING = 5;

/** Line colors that are visible on GitHub's dark and light backgrounds. Each referenced stream has its own color. */
const COLORS = ['#4589ff', '#d2600f', '#24a148', '#a56eff', '#e8308a', '#009d9a', '#a8871e'];
const NEUTRAL = '#6e7781';

const LAYOUT = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.separateConnectedComponents': 'false',
  'elk.padding': '[top=8,left=8,bottom=8,right=8]',
  'elk.spacing.nodeNode': '12',
  'elk.layered.spacing.nodeNodeBetweenLayers': '28',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.spacing.edgeEdge': '7',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '7',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
};

interface Relation {
  stream: string;
  field: string;
  target: string;
}

/** The diagram as SVG. The output is deterministic. */
export async function entityDiagram(platform: DocumentedPlatform): Promise<string> {
  const relations = relationsOf(platform);
  const graph = await new elk.default().layout({
    id: platform.name,
    layoutOptions: LAYOUT,
    children: platform.streams.map((stream) => box(stream, relations)),
    edges: relations.map(({ stream, field, target }) => ({
      id: `${stream}.${field}`,
      sources: [`${target}:key`],
      targets: [`${stream}.${field}:out`],
    })),
  });
  return svg(graph, platform, relations);
}

/** All foreign keys. Throws if a reference refers to an unknown stream or field. */
export function relationsOf({ streams, references, ownReferences }: DocumentedPlatform): Relation[] {
  const names = new Set(streams.map(({ name }) => name));
  const fields = new Set(streams.flatMap(({ name, fields }) => Object.keys(fields).map((field) => `${name}.${field}`)));
  const lost = [
    ...[...Object.values(references), ...Object.values(ownReferences)].filter((target) => !names.has(target)),
    ...Object.keys(ownReferences).filter((field) => !fields.has(field)),
  ];
  if (lost.length > 0) throw new Error(`the entity diagram has unknown streams or fields: ${lost.join(', ')}`);
  return streams.flatMap(({ name, fields }) =>
    Object.keys(fields).flatMap((field) => {
      const target = ownReferences[`${name}.${field}`] ?? references[field];
      return target === undefined ? [] : [{ stream: name, field, target }];
    }),
  );
}

/** The fields in the stream's box: the key, then the foreign keys. */
function shownFields(stream: Stream, relations: readonly Relation[]): string[] {
  const own = relations.filter((relation) => relation.stream === stream.name).map(({ field }) => field);
  return [...new Set([referredField(stream), ...own])];
}

/** Lines connect the key on the right side of a stream's box with a foreign key on the left side of another box. */
function box(stream: Stream, relations: readonly Relation[]): ElkNode {
  const { name } = stream;
  const fields = shownFields(stream, relations);
  const port = (id: string, x: number, side: string, row: number): ElkPort => ({
    id,
    x,
    y: rowMiddle(row),
    width: 0,
    height: 0,
    layoutOptions: { 'elk.port.side': side },
  });
  return {
    id: name,
    width: BOX_WIDTH,
    height: TITLE_HEIGHT + fields.length * ROW_HEIGHT + PADDING,
    layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
    ports: [
      ...(relations.some(({ target }) => target === name) ? [port(`${name}:key`, BOX_WIDTH, 'EAST', 0)] : []),
      ...fields.flatMap((field, row) =>
        relations.some((relation) => relation.stream === name && relation.field === field)
          ? [port(`${name}.${field}:out`, 0, 'WEST', row)]
          : [],
      ),
    ],
  };
}

function rowMiddle(row: number): number {
  return TITLE_HEIGHT + row * ROW_HEIGHT + ROW_HEIGHT / 2 + 1;
}

function svg(graph: ElkNode, platform: DocumentedPlatform, relations: readonly Relation[]): string {
  const targets = [...new Set(relations.map(({ target }) => target))];
  const colorOf = (name: string): string => COLORS[targets.indexOf(name)] ?? NEUTRAL;
  const colorOfEdge = ({ id }: ElkExtendedEdge): string =>
    colorOf(relations.find(({ stream, field }) => `${stream}.${field}` === id)?.target ?? '');
  const streams = new Map(platform.streams.map((stream) => [stream.name, stream]));
  const nodes = (graph.children ?? []).flatMap((node) => {
    const stream = streams.get(node.id);
    return stream === undefined ? [] : [boxSvg(node, stream, shownFields(stream, relations), colorOf(node.id))];
  });
  const { width, height } = sizeOf(graph);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>The streams of ${platform.title}, their keys and foreign keys</title>`,
    '<style>text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1f2328}.title{font-weight:bold;fill:#fff}',
    '.key{font-weight:bold}path{fill:none;stroke-width:1.5}</style>',
    ...(graph.edges ?? []).map((edge) => edgeSvg(edge, colorOfEdge(edge))),
    ...nodes,
    '</svg>',
    '',
  ].join('\n');
}

function boxSvg({ x = 0, y = 0, width = 0, height = 0, id }: ElkNode, stream: Stream, fields: string[], color: string) {
  const rows = fields.map((field, row) => {
    const key = field === referredField(stream) ? ' class="key"' : '';
    return `<text x="${x + 10}" y="${y + rowMiddle(row) + 4}"${key}>${field}</text>`;
  });
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="5" fill="#fff" stroke="${color}" stroke-width="1.5"/>`,
    `<path d="M${x} ${y + TITLE_HEIGHT}v${5 - TITLE_HEIGHT}q0-5 5-5h${width - 10}q5 0 5 5v${TITLE_HEIGHT - 5}z" style="fill:${color}"/>`,
    `<text x="${x + 10}" y="${y + 17}" class="title">${id}</text>`,
    ...rows,
  ].join('\n');
}

/** A line that ends with an arrow at the key. */
function edgeSvg({ sections = [] }: ElkExtendedEdge, color: string): string {
  return sections
    .map(({ startPoint, bendPoints = [], endPoint }) => {
      const points = [startPoint, ...bendPoints, endPoint].map(({ x, y }) => `${x} ${y}`);
      const arrow = `M${startPoint.x + 7} ${startPoint.y - 4}L${startPoint.x} ${startPoint.y}l7 4`;
      return `<path d="M${points.join('L')}${arrow}" stroke="${color}"/>`;
    })
    .join('\n');
}

function sizeOf({ width = 0, height = 0 }: ElkNode): { width: number; height: number } {
  return { width: Math.ceil(width), height: Math.ceil(height) };
}
