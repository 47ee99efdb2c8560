/**
 * Layers models of TensorFlow.js: `model.json` with the topology of Keras and a list of weights, which are in shards beside it, in the
 * same zip, or in the JSON itself as base64 (the artifacts that a browser keeps).
 *
 * Source: tfjs-core/src/io/types.ts of TensorFlow.js 4.22, `ModelJSON` and `ModelArtifacts`.
 */
import { checkBudget, isRecord } from '@longhand/schema';
import { checkBytes, FormatError, shown } from '../format-error';
import { parseHeaderJson } from '../header-json';
import { onnxOfKeras } from '../keras/model-graph';
import { WeightsByName } from '../keras/weights';
import type { OnnxModel } from '../onnx/model';
import { decodeUtf8 } from '../utf8';
import { unpacked } from '../zip/unpacked';
import { isZip, zippedFiles } from '../zip/zip-files';
import { groupTensors, Shards, type TfjsSource } from './weight-data';

/**
 * A layers model as an ONNX graph, whose layers `layersOfOnnx` finds. Weights that are quantized to uint8, uint16 or float16
 * become float32, as TensorFlow.js computes with them.
 *
 * @param bytes those of `model.json`, of artifacts as JSON, or of a zip with the shards
 * @param where the file's name, for messages
 * @throws FormatError for a graph model, a layer that is not known, weights that are missing or do not fit
 * @example
 * import { tensor } from '@longhand/tensor';
 * const fc = { kind: 'gemm', name: 'fc', weight: tensor([10, 784]), bias: tensor([10]) } as const;
 * const files = encodeTfjs([{ kind: 'flatten' }, fc], { inputShape: [1, 28, 28] });
 * const external = (path: string) => files.get(path) ?? new Uint8Array();
 * const model = decodeTfjs(files.get('model.json') ?? new Uint8Array(), 'model.json', { external });
 * layersOfOnnx(model).layers.map(({ kind }) => kind); // [ 'flatten', 'gemm' ]
 */
export function decodeTfjs(bytes: Uint8Array, where = 'tfjs', source: TfjsSource = {}): OnnxModel {
  checkBytes(bytes, where);
  return isZip(bytes) ? decodeZip(bytes, where, source) : decodeJson(bytes, where, source);
}

function checkText(textBytes: number, where: string, { budget }: TfjsSource): void {
  checkBudget({ textBytes }, budget, { where, of: 'bytes of JSON', error: (message) => new FormatError(message) });
}

function decodeJson(bytes: Uint8Array, where: string, source: TfjsSource): OnnxModel {
  checkText(bytes.length, where, source);
  const text = decodeUtf8(bytes);
  const json = text === undefined ? undefined : parseHeaderJson(text, where, source);
  if (!isRecord(json) || json.modelTopology === undefined) {
    throw new FormatError(`${where}: expected a model of TensorFlow.js with a modelTopology, got other JSON`);
  }
  const topology = topologyOf(json, where, source);
  const metadata: Record<string, string> = Object.create(null);
  const own = isRecord(json.userDefinedMetadata) ? json.userDefinedMetadata.longhand : undefined;
  if (typeof own === 'string') metadata.longhand = own;
  const weights = new WeightsByName(groupsOf(json, where, source).flat());
  const name = typeof json.generatedBy === 'string' ? json.generatedBy : 'TensorFlow.js';
  return onnxOfKeras({ topology, weights, metadata, producer: { name, version: '' } }, where, source);
}

/** The model of a zip, whose shards are in it. */
function decodeZip(bytes: Uint8Array, where: string, { budget }: TfjsSource): OnnxModel {
  const files = new Map(zippedFiles(bytes, where, { budget }).map((file) => [file.name, file]));
  const candidates = [...files.values()].filter(({ name }) => name.endsWith('.json') && !name.startsWith('__MACOSX/'));
  const model = candidates.find(({ name }) => /(?:^|\/)model\.json$/.test(name)) ?? candidates[0];
  if (model === undefined) throw new FormatError(`${where}: expected a model.json in the zip, got none; pack it again`);
  checkText(model.bytes?.length ?? model.deflated?.size ?? 0, where, { budget });
  const folder = model.name.slice(0, model.name.lastIndexOf('/') + 1);
  const external = (location: string): Uint8Array => {
    const path = `${folder}${location.replace(/^(?:\.\/)+/, '')}`;
    const shard = files.get(path);
    if (shard !== undefined) return unpacked(shard, where, { budget });
    throw new FormatError(`${where}: expected the shard ${shown(path)} in the zip, got none; pack it again`);
  };
  return decodeJson(unpacked(model, where, { budget }), where, { budget, external });
}

/**
 * Whether bytes begin as a model of TensorFlow.js does, by the names in the first part of the JSON.
 *
 * @example isTfjsModel(new TextEncoder().encode('{ "modelTopology": {} }')); // true
 */
export function isTfjsModel(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x7b) return false;
  const begin = new TextDecoder().decode(bytes.subarray(0, 65536));
  return /"(?:modelTopology|weightsManifest|weightSpecs)"\s*:/.test(begin);
}

/** The Keras model, which converters put beside its training options. */
function topologyOf(json: Readonly<Record<string, unknown>>, where: string, source: TfjsSource): unknown {
  const given = json.modelTopology;
  const topology = typeof given === 'string' ? parseHeaderJson(given, where, source) : given;
  if (json.format === 'graph-model' || (isRecord(topology) && (topology.node ?? topology.library) !== undefined)) {
    throw new FormatError(
      `${where}: expected a layers model of TensorFlow.js, got a graph model, which has operators of TensorFlow in place of layers; convert the Keras model that it was made of with tensorflowjs_converter --input_format=keras --output_format=tfjs_layers_model, or export it as ONNX`,
    );
  }
  return isRecord(topology) && isRecord(topology.model_config) ? topology.model_config : topology;
}

function groupsOf(
  json: Readonly<Record<string, unknown>>,
  where: string,
  source: TfjsSource,
): ReturnType<typeof groupTensors>[] {
  const { weightsManifest, weightSpecs, weightData } = json;
  if (weightSpecs !== undefined) return [groupTensors(weightSpecs, bytesOfBase64(weightData, where), where)];
  if (!Array.isArray(weightsManifest)) {
    throw new FormatError(
      `${where}: expected a weightsManifest, got ${shown(weightsManifest)}; save the model with its weights`,
    );
  }
  const shards = new Shards(source, where);
  return weightsManifest.map((group) => {
    const { paths, weights } = isRecord(group) ? group : {};
    return groupTensors(weights, shards.bytesOf(paths), where);
  });
}

function bytesOfBase64(data: unknown, where: string): Uint8Array {
  if (typeof data !== 'string') {
    const remark = isRecord(data) ? ', which is all that JSON.stringify makes of an ArrayBuffer' : '';
    throw new FormatError(`${where}: expected weightData as base64, got ${shown(data)}${remark}; write it as base64`);
  }
  try {
    return Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  } catch {
    throw new FormatError(`${where}: expected weightData as base64, got other text; save it again`);
  }
}
