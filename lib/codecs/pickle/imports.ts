import type { Preview } from "../../domain/preview.ts";
import type { PickleReading } from "./reader.ts";

type ImportPreview = Extract<Preview, { kind: "pickle" }>["imports"][number];
type Judgement = Pick<ImportPreview, "verdict" | "reason">;

const maxListed = 500;

/** Modules whose presence in stored data is never innocent, with what they give. Prefixes: `os` covers `os.path`. */
const dangerousModules: Record<string, string> = {
  "os posix nt posixpath ntpath shutil glob fileinput": "reaches files and processes",
  "subprocess pty commands popen2 multiprocessing concurrent.futures asyncio": "starts processes",
  "sys runpy importlib imp pkgutil zipimport site code codeop pydoc": "reaches the interpreter or loads modules",
  "socket ssl http urllib urllib2 httplib ftplib smtplib telnetlib xmlrpc requests aiohttp webbrowser socketserver":
    "reaches the network",
  "ctypes cffi _ctypes mmap gc inspect": "reaches memory",
  "marshal cloudpickle dill _pickle pickle shelve": "loads or builds code",
  "timeit cProfile profile trace bdb pdb doctest ensurepip venv pip distutils setuptools idlelib lib2to3":
    "runs code given as text",
  "signal threading _thread atexit platform getpass tempfile nturl2path uuid._popen":
    "reaches the process it is loaded in",
  "torch.hub torch.jit torch.utils.cpp_extension torch.distributed": "loads code or models of its own",
  "numpy.testing numpy.f2py numpy.distutils numpy.lib.npyio numpy.ctypeslib": "runs code or reads files",
  "joblib.parallel joblib.memory joblib.externals joblib._utils": "runs code or reads files",
};
const dangerousPrefixes = Object.entries(dangerousModules).flatMap(([names, reason]) =>
  names.split(" ").map((name) => [name, reason] as const),
);

/** Names that are dangerous wherever the rest of their module is not, or unknown. */
const dangerousNames: Record<string, string> = {
  "builtins __builtin__ __builtins__":
    "eval exec execfile compile open getattr setattr delattr __import__ globals locals vars input breakpoint apply map filter reload memoryview help license print",
  "io _io": "open open_code FileIO",
  types: "CodeType FunctionType LambdaType MethodType ModuleType",
  operator: "attrgetter itemgetter methodcaller call",
  functools: "partial reduce partialmethod singledispatch",
  numpy: "load loads save savetxt loadtxt genfromtxt fromfile memmap fromregex",
  joblib: "load dump Parallel Memory delayed",
  torch: "load save compile",
  pandas: "read_pickle read_csv read_sql eval",
  "pandas.io.pickle": "read_pickle",
  copyreg: "add_extension pickle constructor",
};
const dangerousByName = expand(dangerousNames);

const expectedNames: Record<string, string> = {
  "builtins __builtin__":
    "object set frozenset list dict tuple int long float complex bool str unicode bytes bytearray slice range xrange Ellipsis NotImplemented Exception BaseException ValueError TypeError KeyError IndexError RuntimeError OSError IOError ArithmeticError ZeroDivisionError AttributeError",
  "collections _collections": "OrderedDict defaultdict deque Counter ChainMap",
  "copyreg copy_reg": "_reconstructor __newobj__ __newobj_ex__",
  _codecs: "encode",
  datetime: "datetime date time timedelta timezone",
  "decimal _decimal _pydecimal": "Decimal",
  fractions: "Fraction",
  uuid: "UUID SafeUUID",
  "pathlib pathlib._local": "Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath",
  zoneinfo: "ZoneInfo ZoneInfo._unpickle",
  array: "array _array_reconstructor",
  numpy:
    "ndarray dtype matrix bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128 str_ bytes_ void record recarray datetime64 timedelta64 object_ longlong ulonglong intc uintc float_ int_",
  "numpy.core.multiarray numpy._core.multiarray": "_reconstruct scalar ndarray",
  "numpy.core.numeric numpy._core.numeric": "_frombuffer ndarray",
  "numpy.core.records numpy._core.records": "recarray record",
  "numpy.ma.core numpy.ma": "_mareconstruct MaskedArray",
  "numpy.random._pickle": "__randomstate_ctor __generator_ctor __bit_generator_ctor",
  "numpy.random mtrand numpy.random.mtrand": "RandomState",
  "numpy.random._mt19937": "MT19937",
  "numpy.random._pcg64": "PCG64 PCG64DXSM",
  "numpy.random._philox": "Philox",
  "numpy.random._sfc64": "SFC64",
  "numpy.random.bit_generator": "SeedSequence __pyx_unpickle_SeedSequence",
  "joblib.numpy_pickle sklearn.externals.joblib.numpy_pickle": "NumpyArrayWrapper NDArrayWrapper ZNDArrayWrapper",
  "joblib.numpy_pickle_compat": "NDArrayWrapper ZNDArrayWrapper",
  "torch._utils": "_rebuild_tensor_v2 _rebuild_parameter _rebuild_tensor",
  torch:
    "FloatStorage DoubleStorage HalfStorage BFloat16Storage LongStorage IntStorage ShortStorage ByteStorage CharStorage BoolStorage Size device",
  "scipy.sparse scipy.sparse._csr scipy.sparse._csc scipy.sparse._coo scipy.sparse.csr scipy.sparse.csc":
    "csr_matrix csc_matrix coo_matrix csr_array csc_array coo_array",
  "pandas._libs.internals": "_unpickle_block BlockPlacement BlockManager",
  "pandas.core.internals.managers": "BlockManager SingleBlockManager",
  "pandas.core.internals.blocks": "new_block",
  "pandas.core.indexes.base": "_new_Index Index",
};
const expectedByName = expand(expectedNames);

/** Libraries whose classes stored models and tables are made of. Functions of theirs stay unknown. */
const classLibraries = /^(sklearn|pandas\.(core|_libs)|numpy\.dtypes|numpy\.polynomial)(\.|$)/;
const className = /^(_?[A-Z]\w*|__pyx_unpickle_\w+|newObj)$/;

/** Every import with a verdict, the dangerous first. A verdict informs: nothing is imported here whatever it says. */
export function judgeImports(imports: PickleReading["imports"]): ImportPreview[] {
  const order = { dangerous: 0, unknown: 1, expected: 2 };
  return imports
    .map(({ global: { module, name, computed }, count }) => ({
      module: clipName(module),
      name: clipName(name),
      ...judgeImport(module, name, computed),
      count,
    }))
    .toSorted((a, b) => order[a.verdict] - order[b.verdict])
    .slice(0, maxListed);
}

/** What loading a pickle that imports `module.name` would reach. */
export function judgeImport(module: string, name: string, computed = false): Judgement {
  if (computed) return { verdict: "dangerous", reason: "builds the name of what it imports instead of spelling it" };
  const prefix = dangerousPrefixes.find(([each]) => module === each || module.startsWith(`${each}.`));
  if (prefix) return { verdict: "dangerous", reason: prefix[1] };
  if (dangerousByName.has(`${module}.${name}`))
    return { verdict: "dangerous", reason: "runs code, reads files or reaches any attribute" };
  if (expectedByName.has(`${module}.${name}`)) return { verdict: "expected", reason: "plain data" };
  // A dotted name walks from object to object, `module` says little then.
  if (name.includes(".")) return { verdict: "dangerous", reason: "walks through attributes" };
  if (classLibraries.test(module) && className.test(name))
    return { verdict: "expected", reason: `a class of ${module.split(".", 1)[0]}` };
  if (module === "__main__") return { verdict: "unknown", reason: "defined in the script that wrote it" };
  return { verdict: "unknown", reason: "not among the names that stored data needs" };
}

function expand(table: Record<string, string>): Set<string> {
  return new Set(
    Object.entries(table).flatMap(([modules, names]) =>
      modules.split(" ").flatMap((module) => names.split(" ").map((name) => `${module}.${name}`)),
    ),
  );
}

function clipName(name: string): string {
  return name.length > 200 ? `${name.slice(0, 200)}…` : name;
}
