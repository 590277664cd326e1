from typing import Any

import numpy as np
from numpy.typing import NDArray

def best_of_sums(tables: list[Any], units: NDArray[Any], count: int, width: int) -> NDArray[np.int64]: ...
def values_at(
    matrix: Any, spots: NDArray[np.int64], columns: NDArray[np.int64], laid: NDArray[np.float32]
) -> NDArray[np.float32]: ...
