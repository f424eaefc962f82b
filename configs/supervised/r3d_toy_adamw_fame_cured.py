# The same with foregrounds pasted on other videos' backgrounds, see r3d_toy_fame_cured.py.
_base_ = './r3d_toy_adamw.py'

model = dict(
    data_preprocessor=dict(
        blending=dict(
            type='FAMEBlending',
            num_classes=8,
            beta='adaptive',
            noise_floor=2,
            follow_camera=True,
        )
    )
)
