import numpy as np
from numpy.typing import NDArray

def sums_by_code(
    codes: NDArray[np.uint8], rows: NDArray[np.int64], values: NDArray[np.float64], bins: int
) -> NDArray[np.float64]: ...
