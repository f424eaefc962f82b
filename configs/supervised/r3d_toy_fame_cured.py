# The same with a mask whose share of the frame follows the clip.
_base_ = './r3d_toy_fame.py'

model = dict(
    data_preprocessor=dict(
        blending=dict(beta='adaptive', noise_floor=2, follow_camera=True),
    )
)
