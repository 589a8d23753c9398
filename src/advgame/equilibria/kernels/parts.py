"""Parts of kernels are compiled to LLVM's intermediate code only; machine code is made of whole kernels.

By default numba optimises every function and translates it to machine code, and does both again for the copy
in each function that calls it: the deeper the nesting, the more often. A function that only compiled code
calls needs neither before its code stands in the kernel, where all is optimised together.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_machinery import AnalysisPass, PassManager, register_pass
from numba.core.errors import UnsupportedError
from numba.core.ir import Expr
from numba.core.typed_passes import NopythonTypeInference
from numba.core.types import Array, BaseTuple

ARITHMETIC = "unary", "binop", "inplace_binop"  # kinds of expressions of numba


class PartLibrary(JITCodeLibrary):
    """LLVM's code of one function, to be linked into other libraries as it was written."""

    @property
    def codegen(self) -> Any:
        """Called by numba with the address of the function's globals; parts have none."""
        return self

    def set_env(self, name: str, environment: Any) -> None:
        """Does nothing: parts keep no Python objects."""

    def get_pointer_to_function(self, _: str) -> int:
        """0, as for any function that has no machine code of that name."""
        self._ensure_finalized()
        return 0

    def _optimize_functions(self, module: Any) -> None:
        module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self._finalized = True


class PartCompiler(Compiler):
    """numba's compiler, with a `PartLibrary` to write into."""

    def define_pipelines(self) -> list[PassManager]:
        """The stages of the default compiler, and a check that references are counted where necessary."""
        state = self.state
        # numba's name for the code that a function is compiled into
        state["library"] = PartLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        (stages,) = super().define_pipelines()
        stages.add_pass_after(AllocationsAreDeclared, NopythonTypeInference)
        stages.finalize()
        return [stages]


@register_pass(mutates_CFG=False, analysis_only=True)
class AllocationsAreDeclared(AnalysisPass):
    """Refuses functions that receive arrays from others, or return any, but do not count references to them.

    An array that is received would never be freed, and one that is returned would be freed too early.
    """

    _name = "allocations_are_declared"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        """Called by numba once the types are known; False, as nothing is changed.

        Raises:
            UnsupportedError: when the function handles arrays without counting references.
        """
        if state.flags.nrt:
            return False
        new = [sig.return_type for expr, sig in state.calltypes.items() if _may_be_new(expr, sig)]
        for kind in (state.return_type, *new):
            if state.targetctx.data_model_manager[kind].contains_nrt_meminfo():
                raise UnsupportedError(
                    f"{state.func_id.func_name} handles a new {kind}: declare that it allocates."
                )
        return False


def _may_be_new(expression: Any, signature: Any) -> bool:
    """Whether an expression may give an array that nothing else refers to.

    Sums of tuples and ``tuple(…)``, which unpacking makes of several arguments, only pass arrays on.
    """
    if not isinstance(expression, Expr) or signature is None:
        return False
    kind = signature.return_type
    if expression.op == "call":
        return not (isinstance(kind, BaseTuple) and signature.args == (kind,))
    return expression.op in ARITHMETIC and isinstance(kind, Array)
