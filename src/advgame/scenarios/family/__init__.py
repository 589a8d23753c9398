"""A scenario at many values of its numbers at once: payoffs as arrays, or coefficients of affine games."""
